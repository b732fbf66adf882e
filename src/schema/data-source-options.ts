import type { DataSourceOptions } from 'typeorm';
import { connectionOf } from '../database/dialects.js';
import { clientRegistryEntities, clientRegistryMigrations } from './client-registry.schema.js';

/**
 * Options of a DataSource of the registry for a database URL.
 *
 * @param url `sqlite:<path>`, `sqlite::memory:`, `postgres://…` or `postgresql://…`
 * @param migrate run missing migrations while connecting
 * @throws Error for another URL, or when the driver is not installed
 */
export function dataSourceOptions(url: string, migrate: boolean): DataSourceOptions {
  return {
    ...connectionOf(url),
    entities: clientRegistryEntities,
    migrations: clientRegistryMigrations,
    migrationsTableName: 'oauth2_client_migrations',
    migrationsRun: migrate,
    logging: false,
  };
}
