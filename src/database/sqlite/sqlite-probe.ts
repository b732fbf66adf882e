import { isBusy } from './sqlite-busy.js';
import type { SqliteConnection } from './sqlite-driver.js';

/** About as much as a change of a client writes. */
const BYTES = 65_536;

/** Writes into the log, as far as the disk: with a cache of one page, what was changed goes there before the commit. */
const WRITE = `
  PRAGMA cache_size = 1;
  BEGIN IMMEDIATE;
  CREATE TABLE oauth2_client_probe (bytes);
  INSERT INTO oauth2_client_probe VALUES (zeroblob(${BYTES}));
  ROLLBACK;
`;

/**
 * Reads a row of each table from the file, and writes into its log what a change would, without a trace. While another
 * transaction is open, it only reads.
 *
 * @param connection a new one, which has nothing in its cache; it is closed
 * @param tables quoted
 * @throws Error of SQLite: the file is damaged, read-only, or on a full disk
 */
export function probeFile(connection: SqliteConnection, tables: readonly string[]): void {
  try {
    // A prepared statement would keep the connection open.
    connection.exec(tables.map((table) => `SELECT * FROM ${table} LIMIT 1;`).join('\n'));
    connection.exec(WRITE);
  } catch (error) {
    if (!isBusy(error)) throw error;
  } finally {
    connection.close();
  }
}
