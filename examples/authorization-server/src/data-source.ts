import libsql from 'libsql';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { clientRegistryEntities, clientRegistryMigrations } from 'oauth2-client-registry/migrations';
import { providerStoreEntities, providerStoreMigrations } from 'oauth2-client-registry/oidc-provider';

/** Longest waits for PostgreSQL, in milliseconds: the driver has none, and a request would wait as long as the server is silent. */
const LIMITS = {
  connectTimeoutMS: 5000,
  extra: { lock_timeout: 3000, statement_timeout: 10_000, query_timeout: 11_000, keepAlive: true },
};

/**
 * Options of the one DataSource: the tables of the registry, and beside them that of tokens and sessions.
 *
 * @param url `postgres://…` or `sqlite:<path>`
 */
export function dataSource(url: string): TypeOrmModuleOptions {
  const tables = {
    entities: [...clientRegistryEntities, ...providerStoreEntities],
    migrations: [...clientRegistryMigrations, ...providerStoreMigrations],
    migrationsRun: true,
    // The table of the registry's own service and command line, which may work on the same database.
    migrationsTableName: 'oauth2_client_migrations',
    retryAttempts: 0,
  };
  if (url.startsWith('postgres')) return { ...tables, type: 'postgres', url, ...LIMITS };
  const database = url.replace(/^sqlite:/, '');
  return { ...tables, type: 'better-sqlite3', driver: libsql, database, enableWAL: true };
}
