import type { DataSource, DataSourceOptions } from 'typeorm';
import type { ConnectionLimits, Dialect } from './sql/dialect.js';
import { PostgresDatabase } from './postgres/postgres-database.js';
import { POSTGRES } from './postgres/postgres-dialect.js';
import type { PreparedDatabase } from './sql/prepared-database.js';
import { SQLITE, SqliteDatabase } from './sqlite/sqlite-database.js';

/** The databases that the registry runs on. */
const DATABASES = [
  { dialect: POSTGRES, Database: PostgresDatabase },
  { dialect: SQLITE, Database: SqliteDatabase },
];

function databaseOf({ options: { type } }: DataSource): (typeof DATABASES)[number] {
  const database = DATABASES.find(({ dialect }) => dialect.type === type);
  if (database) return database;
  const types = DATABASES.map(({ dialect }) => dialect.type).join(' or ');
  throw new Error(`The client registry runs on a DataSource of type ${types}, not ${type}.`);
}

/**
 * Returns the dialect of the database of a DataSource.
 *
 * @throws Error when the registry does not run on its type
 */
export function dialectOf(dataSource: DataSource): Dialect {
  return databaseOf(dataSource).dialect;
}

/**
 * Returns TypeORM's options for the database that a URL names.
 *
 * @param limits of the connections. Default: the driver's
 * @throws Error when no database has such URLs, when a parameter of the URL is wrong, or when the driver is not installed
 */
export function connectionOf(url: string, limits?: ConnectionLimits): DataSourceOptions {
  return ofUrl(({ connectionOf: options }) => options(url, limits));
}

/**
 * Returns the place of the database that a URL names, for people, without parts that may be secret.
 *
 * @throws Error when no database has such URLs, or one that says what is wrong with the URL
 */
export function placeOf(url: string): string {
  return ofUrl(({ placeOf: place }) => place(url));
}

/**
 * Copies a consistent snapshot of the database that a URL names, while others use it.
 *
 * @param file an empty file, which becomes a database
 * @returns false when the database has a backup tool of its own
 * @throws Error when no database has such URLs, when there is no such database, or when it cannot be copied
 */
export function backUp(url: string, file: string): boolean {
  return ofUrl((dialect) => dialect.backUp(url, file));
}

/** Returns the answer of the dialect that knows the URL. */
function ofUrl<T>(ask: (dialect: Dialect) => T | undefined): T {
  for (const { dialect } of DATABASES) {
    const answer = ask(dialect);
    if (answer !== undefined) return answer;
  }
  throw new Error('The client registry does not run on a database with such a URL.');
}

/** The open database of each DataSource: two databases on one file would wait for each other's locks. */
const opened = new WeakMap<DataSource, PreparedDatabase>();

/**
 * Returns the registry's own access to the database of an initialised DataSource. All modules share it; the first call opens it, and a
 * call after the application's shutdown opens a new one.
 *
 * @param name the host's name for the DataSource; `undefined` for the unnamed one
 * @throws Error when the registry does not run on its type
 */
export function openDatabase(dataSource: DataSource, name?: string): PreparedDatabase {
  const known = opened.get(dataSource);
  if (known && !known.isClosed) return known;
  const database = new (databaseOf(dataSource).Database)(dataSource, name);
  opened.set(dataSource, database);
  return database;
}
