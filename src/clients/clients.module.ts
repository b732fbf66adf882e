import { Module, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { clientRegistryEntities } from '../database/client-registry.schema.js';
import { PreparedDatabase } from '../database/prepared-database.js';
import { SecretsOptions } from '../secrets/secrets.options.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { ClientEvents } from './client-events.js';
import { ClientListStatements } from './client-list.statements.js';
import { ClientSecretsService } from './client-secrets.service.js';
import { ClientStatements } from './client.statements.js';
import { ClientWriter } from './client.writer.js';
import { CLIENTS_OPTIONS, ConfigurableModuleClass } from './clients.module-builder.js';
import { ClientsMount, pathOf } from './clients.mount.js';
import { ClientsOptions, readOptions } from './clients.options.js';
import { ClientsService } from './clients.service.js';
import { ClientsOptionsError } from './completed-options.js';

/**
 * The registry as a module. `forRoot` takes {@link ClientsModuleOptions} and how it is mounted (routes, guards, DataSource,
 * providers of the host) in one object; `forRootAsync` takes the former from `useFactory`, or from the method
 * `createClientsOptions` of `useClass` or `useExisting`, and the latter beside it. Both give a `DynamicModule` that exports
 * {@link ClientsService}, {@link ClientSecretsService} and {@link SecretsService}.
 *
 * The host's DataSource must have {@link clientRegistryEntities}, and {@link clientRegistryMigrations} must have run. A
 * start for which that is not so, or with a wrong option ({@link ClientsOptionsError}), fails with a sentence that says what
 * to change.
 */
@Module({
  providers: [
    ClientsService,
    ClientSecretsService,
    ClientStatements,
    ClientListStatements,
    ClientWriter,
    ClientEvents,
    SecretsService,
    { provide: ClientsOptions, inject: [CLIENTS_OPTIONS], useFactory: readOptions },
    { provide: SecretsOptions, inject: [ClientsOptions], useFactory: ({ secrets }: ClientsOptions) => secrets },
  ],
  exports: [ClientsService, ClientSecretsService, SecretsService],
})
export class ClientsModule extends ConfigurableModuleClass implements OnModuleInit {
  /** @internal */
  constructor(
    private readonly database: PreparedDatabase,
    mount: ClientsMount,
    modules: ModulesContainer,
  ) {
    super();
    requireOwnPath(mount, modules);
  }

  /**
   * @hidden
   * @throws Error when its tables are missing
   */
  onModuleInit(): Promise<void> {
    return this.database.check(clientRegistryEntities);
  }
}

/** @throws ClientsOptionsError when another registry of the application has the same path */
function requireOwnPath(mount: ClientsMount, modules: ModulesContainer): void {
  const isTaken = [...modules.values()]
    .map(({ providers }) => providers.get(ClientsMount)?.instance)
    .some(
      (other: unknown) =>
        other instanceof ClientsMount && other !== mount && other.controllers && pathOf(other) === pathOf(mount),
    );
  if (mount.controllers && isTaken)
    throw new ClientsOptionsError(
      `Two ClientsModules are mounted under /${pathOf(mount)}: give one of them another routePrefix, or controllers: false.`,
    );
}
