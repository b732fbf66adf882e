import type { DataSourceOptions } from 'typeorm';
import type { ConnectionLimits } from '../database/sql/dialect.js';
import { connectionOf } from '../database/dialects.js';
import { clientRegistryEntities, clientRegistryMigrations } from './client-registry.schema.js';

/**
 * Returns the options of the registry's DataSource for a database URL.
 *
 * @param url `sqlite:<path>`, `sqlite::memory:`, `postgres://…` or `postgresql://…`
 * @param migrate whether to run missing migrations while connecting
 * @param limits limits of the connections to a server. Default: the driver's
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
