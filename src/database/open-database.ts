import type { DataSource } from 'typeorm';
import { PostgresDatabase } from './postgres-database.js';
import type { PreparedDatabase } from './prepared-database.js';
import { SqliteDatabase } from './sqlite-database.js';

/**
 * The short way to the database of a DataSource that is initialised.
 *
 * @throws Error when its type is not supported
 */
export function openDatabase(dataSource: DataSource, name?: string): PreparedDatabase {
  const { type } = dataSource.options;
  if (type === 'postgres') return new PostgresDatabase(dataSource, name);
  if (type === 'better-sqlite3') return new SqliteDatabase(dataSource, name);
  throw new Error(`The client registry runs on a DataSource of type postgres or better-sqlite3, not ${type}.`);
}
