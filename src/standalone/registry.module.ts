import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../clients/clients.module.js';
import { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { dataSourceOptions } from '../schema/data-source-options.js';

/** The clients, on the database that the configuration names: the part that the service and the command line share. */
@Module({
  imports: [
    ConfigModule,
    TypeOrmModule.forRootAsync({
      inject: [Config],
      // If the database cannot be reached, the process ends, and its supervisor starts it again.
      useFactory: (config: Config) => ({
        ...dataSourceOptions(config.DATABASE_URL, config.migratesAtStart, config.connectionLimits),
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
  ],
})
export class RegistryModule {}
