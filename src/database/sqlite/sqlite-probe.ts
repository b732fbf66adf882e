import { isBusy } from './sqlite-busy.js';
import type { SqliteConnection } from './sqlite-driver.js';

/** About as many bytes as a change of a client writes. */
const BYTES = 65_536;

/** Writes into the log on the disk, without a commit: with a cache of one page, SQLite writes changed pages there beforehand. */
const WRITE = `
  PRAGMA cache_size = 1;
  BEGIN IMMEDIATE;
  CREATE TABLE oauth2_client_probe (bytes);
  INSERT INTO oauth2_client_probe VALUES (zeroblob(${BYTES}));
  ROLLBACK;
`;

/**
 * Reads a row of each table from the file, writes as much into its log as a change would, and rolls that back. While another write
 * transaction is open, it only reads.
 *
 * @param connection a new connection, which has nothing in its cache; this function closes it
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
