import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { databaseOf } from '../../clients/mount/clients.module-builder.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { ArtifactSweeper } from './artifact-sweeper.js';
import { ProviderArtifacts } from './provider-artifacts.js';
import { ProviderStore } from './provider-store.js';
import { providerStoreEntities } from './provider-store.schema.js';

/** Where the store is. */
export interface ProviderStoreOptions {
  /** Name of the DataSource, which is that of the registry. Default: the unnamed one. */
  dataSource?: string;
}

/**
 * Provides {@link ProviderStore} to an application that has the registry. The DataSource must have `providerStoreEntities` as well, and
 * `providerStoreMigrations` must have run: a start without them fails with a message that says what to change.
 */
@Module({})
export class ProviderStoreModule implements OnModuleInit {
  /** @internal */
  constructor(private readonly database: PreparedDatabase) {}

  /**
   * The module with its options.
   *
   * @param options {@link ProviderStoreOptions}. Default: all defaults
   */
  static forRoot({ dataSource }: ProviderStoreOptions = {}): DynamicModule {
    return {
      module: ProviderStoreModule,
      providers: [databaseOf(dataSource, ProviderStoreModule.name), ProviderArtifacts, ArtifactSweeper, ProviderStore],
      exports: [ProviderStore],
    };
  }

  /**
   * @hidden
   * @throws Error when the table is missing
   */
  onModuleInit(): Promise<void> {
    return this.database.check(
      providerStoreEntities,
      "run dataSource.runMigrations() with ...providerStoreMigrations among the DataSource's migrations",
    );
  }
}
