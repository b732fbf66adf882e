import type { DataSource } from 'typeorm';
import { PostgresDatabase } from './postgres-database.js';
import type { PreparedDatabase } from './prepared-database.js';
import { requireEntities } from './registry-names.js';
import { SqliteDatabase } from './sqlite-database.js';

/**
 * The short way to the database of a DataSource that is initialised.
 *
 * @throws Error when its type is not supported, or when it does not know the registry's entities
 */
export function openDatabase(dataSource: DataSource): PreparedDatabase {
  requireEntities(dataSource);
  const { type } = dataSource.options;
  if (type === 'postgres') return new PostgresDatabase(dataSource);
  if (type === 'better-sqlite3') return new SqliteDatabase(dataSource);
  throw new Error(`The client registry runs on a DataSource of type postgres or better-sqlite3, not ${type}.`);
}
