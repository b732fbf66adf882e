import { Module } from '@nestjs/common';
import { SECRETS_OPTIONS } from '../secrets/secrets.options.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { ClientListStatements } from './client-list.statements.js';
import { ClientSecretsAliasController, ClientSecretsController } from './client-secrets.controller.js';
import { ClientSecretsService } from './client-secrets.service.js';
import { ClientStatements } from './client.statements.js';
import { ClientWriter } from './client.writer.js';
import { ClientsAliasController, ClientsController } from './clients.controller.js';
import { CLIENTS_OPTIONS, ConfigurableModuleClass, type ClientsModuleOptions } from './clients.options.js';
import { ClientsService } from './clients.service.js';

/**
 * The registry as a module. The host's DataSource must have `clientRegistryEntities`, and `clientRegistryMigrations` must
 * have run.
 */
@Module({
  controllers: [ClientsController, ClientSecretsController, ClientsAliasController, ClientSecretsAliasController],
  providers: [
    ClientsService,
    ClientSecretsService,
    ClientStatements,
    ClientListStatements,
    ClientWriter,
    SecretsService,
    {
      provide: SECRETS_OPTIONS,
      inject: [CLIENTS_OPTIONS],
      useFactory: ({ secrets = {} }: ClientsModuleOptions) => secrets,
    },
  ],
  exports: [ClientsService, ClientSecretsService, SecretsService],
})
export class ClientsModule extends ConfigurableModuleClass {}
