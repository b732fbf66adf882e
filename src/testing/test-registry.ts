import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { ClientEvent, ClientEventSink } from '../clients/writing/client-events.js';
import { ClientSecretsService } from '../clients/client-secrets.service.js';
import { ClientsModule } from '../clients/clients.module.js';
import { ClientsService } from '../clients/clients.service.js';
import { dataSourceOptions } from '../schema/data-source-options.js';
import { SecretsService } from '../secrets/secrets.service.js';

/** Options of `ClientsModule.forRoot`. */
export type RegistryOptions = NonNullable<Parameters<typeof ClientsModule.forRoot>[0]>;

/** A registry in memory, without a listener. */
export interface TestRegistry {
  /** Creates, finds, changes and removes clients. */
  clients: ClientsService;
  /** Manages the secrets of a client. */
  clientSecrets: ClientSecretsService;
  /** Verifies the secret that a client presents. */
  secrets: SecretsService;
  /** The DataSource of the registry, for `runInTransaction`. */
  dataSource: DataSource;
  /** The events of all changes of clients so far, in order. */
  events: readonly ClientEvent[];
  /** Closes the registry and its database, which loses all clients. */
  close: () => Promise<void>;
}

/**
 * Options of a DataSource in memory (SQLite, with the driver `libsql`) that has the registry's entities and runs its
 * migrations, for tests that start an application of their own.
 *
 * @param own entities and migrations of the application. Default none
 * @throws Error when `libsql` is not installed
 */
export function inMemoryDataSource({
  entities = [],
  migrations = [],
}: { entities?: unknown[]; migrations?: unknown[] } = {}): DataSourceOptions {
  const options = dataSourceOptions('sqlite::memory:', true);
  const merged = {
    ...options,
    entities: [...entities, ...Object.values(options.entities ?? [])],
    migrations: [...migrations, ...Object.values(options.migrations ?? [])],
  };
  return merged as DataSourceOptions;
}

/**
 * Starts a registry in memory, for tests of code that calls its services.
 *
 * @param options options of the module. By default the cost of bcrypt is 4, so that tests are fast
 * @throws ClientsOptionsError for a wrong option
 */
export async function openTestRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const events: ClientEvent[] = [];
  const context = await NestFactory.createApplicationContext(registryModule(events, options), {
    logger: false,
    abortOnError: false,
  });
  return {
    clients: context.get(ClientsService),
    clientSecrets: context.get(ClientSecretsService),
    secrets: context.get(SecretsService),
    dataSource: context.get(DataSource),
    events,
    close: () => context.close(),
  };
}

/** Injection token of the sink that collects events in a list. */
const SINK = Symbol('TestEventSink');

function registryModule(events: ClientEvent[], options: RegistryOptions): DynamicModule {
  const sink: ClientEventSink = { publish: (event) => void events.push(event) };

  @Module({ providers: [{ provide: SINK, useValue: sink }], exports: [SINK] })
  class SinkModule {}

  const registry = ClientsModule.forRoot({
    controllers: false,
    eventSink: SINK,
    ...options,
    imports: [SinkModule, ...(options.imports ?? [])],
    secrets: { bcryptCost: 4, ...options.secrets },
  });
  return {
    module: class TestRegistryModule {},
    imports: [TypeOrmModule.forRoot({ ...inMemoryDataSource(), retryAttempts: 0 }), registry],
    exports: [registry],
  };
}
