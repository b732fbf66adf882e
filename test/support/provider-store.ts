import type { LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { clientRegistryEntities, clientRegistryMigrations, ClientsModule } from '../../src/index.js';
import { ProviderArtifacts } from '../../src/oidc-provider/store/provider-artifacts.js';
import { ArtifactSweeper } from '../../src/oidc-provider/store/artifact-sweeper.js';
import { ProviderStore } from '../../src/oidc-provider/store/provider-store.js';
import { ProviderStoreModule } from '../../src/oidc-provider/store/provider-store.module.js';
import { providerStoreEntities, providerStoreMigrations } from '../../src/oidc-provider/store/provider-store.schema.js';
import { dataSourceOptions } from '../../src/schema/data-source-options.js';
import { PinoLogger } from '../../src/standalone/observability/pino-logger.js';
import { closing } from './closing.js';

/** What a DataSource has in place of the entities and migrations of both. */
type Changes = Partial<Pick<DataSourceOptions, 'entities' | 'migrations'>>;

/** Options of a DataSource that has the tables of the registry and of the store. */
export function storeDataSource(url: string, changes: Changes = {}): DataSourceOptions {
  return {
    ...dataSourceOptions(url, true),
    entities: [...clientRegistryEntities, ...providerStoreEntities],
    migrations: [...clientRegistryMigrations, ...providerStoreMigrations],
    ...changes,
  };
}

/** An application with the registry and the store. */
export async function startStore(
  { url }: { url: string },
  { logger = new PinoLogger('silent'), name, ...changes }: Changes & { logger?: LoggerService; name?: string } = {},
) {
  const module = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot({ ...storeDataSource(url, changes), name, retryAttempts: 0 }),
      ClientsModule.forRoot({ controllers: false, dataSource: name }),
      ProviderStoreModule.forRoot({ dataSource: name }),
    ],
  })
    .setLogger(logger)
    .compile();
  try {
    await module.init();
  } catch (error) {
    await module.close().catch(() => undefined);
    throw error;
  }
  return closing({
    dataSource: module.get<DataSource>(getDataSourceToken(name), { strict: false }),
    store: module.get(ProviderStore, { strict: false }),
    artifacts: module.get(ProviderArtifacts, { strict: false }),
    sweeper: module.get(ArtifactSweeper, { strict: false }),
    close: () => module.close(),
  });
}
