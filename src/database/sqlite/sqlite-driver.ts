import type { DataSourceOptions } from 'typeorm';
import { loadDriverPackage } from '../sql/driver-package.cjs';
import { createPrivately } from './sqlite-file.js';

/** The common interface of libsql and better-sqlite3. */
export interface SqliteConnection {
  readonly open: boolean;
  readonly inTransaction: boolean;
  prepare: (text: string) => SqliteStatement;
  exec: (text: string) => unknown;
  pragma: (text: string) => unknown;
  close: () => unknown;
}

export interface SqliteStatement {
  /** Makes the statement return rows as arrays, in the order of {@link columns}. Only for a statement that returns rows. */
  raw: () => SqliteStatement;
  columns: () => readonly { name: string }[];
  get: (...values: unknown[]) => unknown;
  all: (...values: unknown[]) => unknown[];
  run: (...values: unknown[]) => { changes: number };
}

/** Size in bytes to which SQLite truncates a larger log once all of it is in the file: overwriting is faster than appending. */
const LOG_SIZE = 64 * 1024 * 1024;

const SCHEME = 'sqlite:';

/** Name of a database without a file. */
export const IN_MEMORY = ':memory:';

/** Sets what every connection that writes needs; above all, a commit is on the disk before it is acknowledged. */
export function prepareConnection(connection: SqliteConnection): void {
  connection.pragma('synchronous = FULL');
  connection.pragma(`journal_size_limit = ${LOG_SIZE}`);
  connection.pragma('foreign_keys = ON');
}

/**
 * Returns TypeORM's options for the file of a URL `sqlite:<path>`, and creates the file if it is missing; `undefined` for another URL.
 *
 * @throws Error when `libsql` is not installed, or when the file cannot be created
 */
export function sqliteConnectionOf(url: string): DataSourceOptions | undefined {
  const database = sqliteFileOf(url);
  if (database === undefined) return undefined;
  const driver = loadDriver();
  if (database !== IN_MEMORY) createPrivately(database);
  return { type: 'better-sqlite3', database, driver, enableWAL: true, prepareDatabase: prepareConnection };
}

/** Returns the file of a URL `sqlite:<path>`; `undefined` for another URL. */
export function sqliteFileOf(url: string): string | undefined {
  return url.startsWith(SCHEME) ? url.slice(SCHEME.length).replace(/^\/\/(?=\/)/, '') : undefined;
}

/** Returns a SQLite URL without anything that looks like parameters; `undefined` for another URL. */
export function sqlitePlaceOf(url: string): string | undefined {
  return url.startsWith(SCHEME) ? url.replace(/\?.*/s, '') : undefined;
}

/** Loads the driver only when a URL asks for SQLite: an application on PostgreSQL does not need it. */
export function loadDriver(): new (file: string) => SqliteConnection {
  try {
    return loadDriverPackage('libsql') as new (file: string) => SqliteConnection;
  } catch {
    throw new Error('SQLite needs the package libsql, which is not installed: npm install libsql.');
  }
}
