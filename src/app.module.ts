import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from './clients/clients.module.js';
import { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { DocsModule } from './docs/docs.module.js';
import { HealthModule } from './health/health.module.js';
import { OAuthErrorFilter } from './oauth-error/oauth-error.filter.js';

/** The standalone service: the first host of {@link ClientsModule}. */
@Module({
  imports: [
    ConfigModule,
    TypeOrmModule.forRootAsync({
      inject: [Config],
      // A database that is not there stops the process: what runs it tries again.
      useFactory: (config: Config) => ({
        ...dataSourceOptions(config.DATABASE_URL, config.migratesAtStart),
        retryAttempts: 0,
      }),
    }),
    ClientsModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        publicUrl: config.PUBLIC_URL,
        secrets: { bcryptCost: config.BCRYPT_COST, olderSecrets: config.OLDER_SECRETS },
        outbound: { allowedHosts: config.SECTOR_IDENTIFIER_ALLOWED_HOSTS },
      }),
    }),
    HealthModule,
    DocsModule,
  ],
  providers: [{ provide: APP_FILTER, useClass: OAuthErrorFilter }],
})
export class AppModule {}
