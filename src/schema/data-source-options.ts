import type { DataSourceOptions } from 'typeorm';
import type { ConnectionLimits } from '../database/sql/dialect.js';
import { connectionOf } from '../database/dialects.js';
import { clientRegistryEntities, clientRegistryMigrations } from './client-registry.schema.js';

/**
 * Options of a DataSource of the registry for a database URL.
 *
 * @param url `sqlite:<path>`, `sqlite::memory:`, `postgres://…` or `postgresql://…`
 * @param migrate run missing migrations while connecting
 * @param limits bounds of the connections to a server. Default those of the driver
 * @throws Error for another URL, or when the driver is not installed
 */
export function dataSourceOptions(url: string, migrate: boolean, limits?: ConnectionLimits): DataSourceOptions {
  return {
    ...connectionOf(url, limits),
    entities: clientRegistryEntities,
    migrations: clientRegistryMigrations,
    migrationsTableName: 'oauth2_client_migrations',
    migrationsRun: migrate,
    logging: false,
  };
}
