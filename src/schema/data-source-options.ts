import { createRequire } from 'node:module';
import type { DataSourceOptions } from 'typeorm';
import { clientRegistryEntities, clientRegistryMigrations } from './client-registry.schema.js';
import { prepareConnection } from '../database/sqlite-database.js';

const SCHEMA = {
  entities: clientRegistryEntities,
  migrations: clientRegistryMigrations,
  migrationsTableName: 'oauth2_client_migrations',
};

/**
 * Options of a DataSource of the registry for a database URL.
 *
 * @param url `sqlite:<path>`, `sqlite::memory:`, `postgres://…` or `postgresql://…`
 * @param migrate whether to run pending migrations while connecting
 * @throws Error when the URL needs `libsql` and it is not installed
 */
export function dataSourceOptions(url: string, migrate: boolean): DataSourceOptions {
  const common = { ...SCHEMA, migrationsRun: migrate, logging: false } as const;
  if (!url.startsWith('sqlite:'))
    return { ...common, type: 'postgres', url, applicationName: 'oauth2-client-registry' };
  const database = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  return {
    ...common,
    type: 'better-sqlite3',
    database,
    driver: loadDriver(),
    enableWAL: true,
    prepareDatabase: prepareConnection,
  };
}

/** Loads the driver only when it is needed: services on PostgreSQL need not install it. */
function loadDriver(): unknown {
  try {
    return createRequire(import.meta.url)('libsql') as unknown;
  } catch {
    throw new Error('SQLite needs the package libsql, which is not installed: npm install libsql.');
  }
}
