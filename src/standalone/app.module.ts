import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccessChoice } from './access/access-choice.js';
import { AccessModule } from './access/access.module.js';
import { IssuerAtStart } from './access/issuer-at-start.js';
import { KeysApiModule } from './access/keys-api.module.js';
import { DocsModule } from './docs/docs.module.js';
import { HealthModule } from './health/health.module.js';
import { ListenerModule } from './listener/listener.module.js';
import { OAuthErrorFilter } from '../oauth-error/oauth-error.filter.js';
import { RegistryModule } from './registry.module.js';

/** The standalone service: the first host of `ClientsModule`. */
@Module({
  imports: [AccessModule, RegistryModule, KeysApiModule, ListenerModule, HealthModule, DocsModule],
  providers: [AccessChoice, IssuerAtStart, { provide: APP_FILTER, useClass: OAuthErrorFilter }],
})
export class AppModule {}
