import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccessGuard } from '../access/access.guard.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { AccessChoice } from './access/access-choice.js';
import { AccessModule } from './access/access.module.js';
import { IssuerAtStart } from './access/issuer-at-start.js';
import { KeysApiModule } from './access/keys-api.module.js';
import { Config } from './config/config.js';
import { DocsModule } from './docs/docs.module.js';
import { HealthModule } from './health/health.module.js';
import { ListenerModule } from './listener/listener.module.js';
import { OAuthErrorFilter } from '../oauth-error/oauth-error.filter.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RegistrationModule } from '../registration/registration.module.js';
import { registrationOptions } from './config/registration-options.js';
import { RegistryModule } from './registry.module.js';

/** The standalone service: the first host of `ClientsModule`. */
@Module({
  imports: [
    AccessModule,
    RegistryModule,
    KeysApiModule,
    WebhooksModule.forRootAsync({
      guards: [AccessGuard],
      imports: [AccessModule],
      inject: [Config],
      useFactory: ({ webhooksOptions }: Config) => webhooksOptions,
    }),
    RegistrationModule.forRootAsync({
      inject: [Config],
      useFactory: registrationOptions,
    }),
    ListenerModule,
    HealthModule,
    MetricsModule,
    DocsModule,
  ],
  providers: [AccessChoice, IssuerAtStart, { provide: APP_FILTER, useClass: OAuthErrorFilter }],
})
export class AppModule {}
