import libsql from 'libsql';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import {
  clientRegistryEntities,
  clientRegistryMigrations,
  clientRegistrySchema,
} from 'oauth2-client-registry/migrations';
import { AuditEntry } from '../audit/audit-entry.entity.js';
import { Order } from '../orders/order.entity.js';
import { Partner } from '../partners/partner.entity.js';
import { CreateShop1700000000000 } from './create-shop.migration.js';

/** Name of the second DataSource. */
export const SANDBOX = 'sandbox';

/**
 * Options of a connection.
 *
 * @param url `postgres://…` or `sqlite:<path>`
 */
function connection(url: string): TypeOrmModuleOptions {
  const common = { migrationsRun: true, retryAttempts: 0 };
  if (url.startsWith('postgres')) return { ...common, type: 'postgres', url };
  const database = url.replace(/^sqlite:/, '');
  return { ...common, type: 'better-sqlite3', driver: libsql, database, enableWAL: true };
}

/** Options of the DataSource for the shop's own tables and the registry's. */
export function shop(url: string): TypeOrmModuleOptions {
  return {
    ...connection(url),
    entities: [Order, Partner, AuditEntry, ...clientRegistryEntities],
    migrations: [CreateShop1700000000000, ...clientRegistryMigrations],
  };
}

/** Options for the second registry: on PostgreSQL the same database with other table names, on SQLite another file. */
export function sandbox(url: string): TypeOrmModuleOptions {
  const isPostgres = url.startsWith('postgres');
  return {
    ...connection(isPostgres ? url : `${url}.sandbox`),
    ...clientRegistrySchema({ tablePrefix: 'sandbox_' }),
    name: SANDBOX,
    migrationsTableName: 'sandbox_migrations',
  };
}
