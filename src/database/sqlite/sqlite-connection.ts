import { createRequire } from 'node:module';
import type { DataSourceOptions } from 'typeorm';
import type { Query } from '../sql/prepared-database.js';
import { BusyError } from './sqlite-busy.js';

/** What libsql and better-sqlite3 have in common. */
export interface SqliteConnection {
  readonly open: boolean;
  readonly inTransaction: boolean;
  prepare: (text: string) => SqliteStatement;
  exec: (text: string) => unknown;
  pragma: (text: string) => unknown;
  close: () => unknown;
}

interface SqliteStatement {
  get: (...values: unknown[]) => unknown;
  all: (...values: unknown[]) => unknown[];
  run: (...values: unknown[]) => { changes: number };
}

const SAVEPOINT = 'oauth2_client_change';

/** What every connection to the embedded database needs: a commit is on the disk before it is acknowledged. */
export function prepareConnection(connection: SqliteConnection): void {
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
}

/**
 * How TypeORM opens the file of a URL `sqlite:<path>`; `undefined` for another URL.
 *
 * @throws Error when `libsql` is not installed
 */
export function sqliteConnectionOf(url: string): DataSourceOptions | undefined {
  if (!url.startsWith('sqlite:')) return undefined;
  const database = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  const driver = loadDriver();
  return { type: 'better-sqlite3', database, driver, enableWAL: true, prepareDatabase: prepareConnection };
}

/** Loads the driver only when a URL asks for SQLite: an application on PostgreSQL does not need it. */
function loadDriver(): unknown {
  try {
    return createRequire(import.meta.url)('libsql') as unknown;
  } catch {
    throw new Error('SQLite needs the package libsql, which is not installed: npm install libsql.');
  }
}

/** One connection, with the statements that were prepared on it. */
export class PreparedConnection {
  private readonly statements = new Map<string, SqliteStatement>();

  private readonly bound: (values: readonly unknown[]) => readonly unknown[];

  constructor(readonly database: SqliteConnection) {
    this.bound = takesPositions(database) ? (values) => values : (values) => [named(values)];
  }

  async row<Row extends object>(query: Query): Promise<Row | undefined> {
    return this.statement(query).get(...this.bound(query.values)) as Row | undefined;
  }

  async rows<Row extends object>(query: Query): Promise<Row[]> {
    return this.statement(query).all(...this.bound(query.values)) as Row[];
  }

  /**
   * Begins a transaction that may write at once.
   *
   * @throws BusyError when another transaction is open on this connection
   */
  begin(): void {
    this.requireOpen();
    if (this.database.inTransaction) throw new BusyError('Another transaction on this connection is still open.');
    this.database.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.database.exec('COMMIT');
  }

  /** Ends the transaction without a trace. SQLite itself may have done so: a full disk ends a transaction. */
  rollBack(): void {
    if (this.database.inTransaction) this.database.exec('ROLLBACK');
  }

  /** Runs the queries of a change in the open transaction, and ends it. */
  finish(queries: readonly Query[]): boolean {
    try {
      const written = this.join(queries);
      this.commit();
      return written;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /**
   * Runs all queries of a change or none, within a transaction that goes on.
   *
   * @throws Error when no transaction is open. After an error, one may no longer be
   */
  join(queries: readonly Query[]): boolean {
    this.requireOpen();
    // The savepoint would be a transaction of its own, and its release a commit.
    if (!this.database.inTransaction) throw new Error('SQLite has already rolled back this transaction.');
    this.database.exec(`SAVEPOINT ${SAVEPOINT}`);
    try {
      return this.run(queries);
    } catch (error) {
      if (this.database.inTransaction) this.database.exec(`ROLLBACK TO ${SAVEPOINT}`);
      throw error;
    } finally {
      if (this.database.inTransaction) this.database.exec(`RELEASE ${SAVEPOINT}`);
    }
  }

  /** Closes the connection, unless it is closed. */
  close(): void {
    if (this.database.open) this.database.close();
  }

  private run(queries: readonly Query[]): boolean {
    return queries.every(
      (query, index) => this.statement(query).run(...this.bound(query.values)).changes > 0 || index > 0,
    );
  }

  /** @throws Error when the connection is closed: libsql would end the whole process */
  private requireOpen(): void {
    if (!this.database.open) throw new Error('The database connection is not open.');
  }

  private statement({ name, text }: Query): SqliteStatement {
    this.requireOpen();
    const known = name === undefined ? undefined : this.statements.get(name);
    if (known) return known;
    const statement = this.database.prepare(text);
    if (name !== undefined) this.statements.set(name, statement);
    return statement;
  }
}

/** better-sqlite3 takes numbered parameters only by name; libsql also takes them by position, which is faster. */
function takesPositions(database: SqliteConnection): boolean {
  try {
    database.prepare('SELECT ?1').get(1);
    return true;
  } catch {
    return false;
  }
}

function named(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, at) => [String(at + 1), value]));
}
