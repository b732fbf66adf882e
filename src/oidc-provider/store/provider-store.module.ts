import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { databaseOf } from '../../clients/mount/clients.module-builder.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { ArtifactSweeper } from './artifact-sweeper.js';
import { ProviderArtifacts } from './provider-artifacts.js';
import { ProviderStore } from './provider-store.js';
import { providerStoreEntities } from './provider-store.schema.js';

/** Options of {@link ProviderStoreModule}. */
export interface ProviderStoreOptions {
  /** Name of the registry's DataSource. Default: the unnamed one. */
  dataSource?: string;
}

/**
 * Provides {@link ProviderStore} to an application that has the registry. The DataSource must also have `providerStoreEntities`, and
 * `providerStoreMigrations` must have run: otherwise the start fails with a message that says what to change.
 */
@Module({})
export class ProviderStoreModule implements OnModuleInit {
  /** @internal */
  constructor(private readonly database: PreparedDatabase) {}

  /**
   * Returns the module with its options.
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
