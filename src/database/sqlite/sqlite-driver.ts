import type { DataSourceOptions } from 'typeorm';
import { loadDriverPackage } from '../sql/driver-package.cjs';
import { createPrivately } from './sqlite-file.js';

/** What libsql and better-sqlite3 have in common. */
export interface SqliteConnection {
  readonly open: boolean;
  readonly inTransaction: boolean;
  prepare: (text: string) => SqliteStatement;
  exec: (text: string) => unknown;
  pragma: (text: string) => unknown;
  close: () => unknown;
}

export interface SqliteStatement {
  /** From now on a row is an array of its values, in the order of {@link columns}. Only of a statement that returns rows. */
  raw: () => SqliteStatement;
  columns: () => readonly { name: string }[];
  get: (...values: unknown[]) => unknown;
  all: (...values: unknown[]) => unknown[];
  run: (...values: unknown[]) => { changes: number };
}

/** Bytes that the log keeps when all of it is in the file, however large it was: overwriting is faster than appending. */
const LOG_SIZE = 64 * 1024 * 1024;

const SCHEME = 'sqlite:';

/** Name of a database without a file. */
export const IN_MEMORY = ':memory:';

/** What every connection to the embedded database needs: a commit is on the disk before it is acknowledged. */
export function prepareConnection(connection: SqliteConnection): void {
  connection.pragma('synchronous = FULL');
  connection.pragma(`journal_size_limit = ${LOG_SIZE}`);
  connection.pragma('foreign_keys = ON');
}

/**
 * How TypeORM opens the file of a URL `sqlite:<path>`, which is created if it is missing; `undefined` for another URL.
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

/** The file of a URL `sqlite:<path>`; `undefined` for another URL. */
export function sqliteFileOf(url: string): string | undefined {
  return url.startsWith(SCHEME) ? url.slice(SCHEME.length).replace(/^\/\/(?=\/)/, '') : undefined;
}

/** A URL of SQLite without what looks like parameters; `undefined` for another URL. */
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
