import { Logger, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { AccessGuard } from '../access/access.guard.js';
import { ClientsModule } from '../clients/clients.module.js';
import { ExpiryModule } from '../expiry/expiry.module.js';
import { InitialAccessTokensModule } from '../registration/tokens/initial-access-tokens.module.js';
import { AccessModule } from './access/access.module.js';
import { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { dataSourceOptions } from '../schema/data-source-options.js';
import { migrate } from '../schema/migrate.js';
import { registryOptions } from './registry-options.js';

/** Returns TypeORM's connection options, after running the migrations if they run at start. */
async function connectionOptions(config: Config): Promise<TypeOrmModuleOptions> {
  const { DATABASE_URL, connectionLimits, migratesAtStart } = config;
  const waiting = () => new Logger('Migrations').log('Waiting: another process migrates.');
  if (migratesAtStart) await migrate(DATABASE_URL, connectionLimits, waiting);
  return {
    // TypeORM finds nothing left to migrate, except in an in-memory database, which belongs to its one connection.
    ...dataSourceOptions(DATABASE_URL, migratesAtStart, connectionLimits),
    // If the database cannot be reached, the process ends, and its supervisor starts it again.
    toRetry: () => false,
  };
}

/** The clients, on the database that the configuration names: the part that the service and the command line share. */
@Module({
  imports: [
    ConfigModule,
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: connectionOptions,
    }),
    ClientsModule.forRootAsync({
      guards: [AccessGuard],
      imports: [AccessModule],
      inject: [Config],
      useFactory: registryOptions,
    }),
    InitialAccessTokensModule.forRoot({ guards: [AccessGuard], imports: [AccessModule] }),
    ExpiryModule.forRoot({ guards: [AccessGuard], imports: [AccessModule] }),
  ],
})
export class RegistryModule {}
