import { createRequire } from 'node:module';
import type { DataSourceOptions } from 'typeorm';
import { clientRegistryEntities, clientRegistryMigrations } from './client-registry.schema.js';
import { prepareConnection } from '../database/sqlite-connection.js';

const SCHEMA = {
  entities: clientRegistryEntities,
  migrations: clientRegistryMigrations,
  migrationsTableName: 'oauth2_client_migrations',
};

/**
 * Options of the DataSource that a database URL names.
 *
 * @param url `sqlite:<path>`, `sqlite::memory:`, `postgres://…` or `postgresql://…`
 * @param migrate run what is missing of the migrations while connecting
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

/** Only when it is asked for: who runs on PostgreSQL needs no SQLite. */
function loadDriver(): unknown {
  try {
    return createRequire(import.meta.url)('libsql') as unknown;
  } catch {
    throw new Error('The package libsql is missing, which SQLite needs: npm install libsql.');
  }
}
