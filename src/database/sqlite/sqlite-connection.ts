import type { Query } from '../sql/prepared-database.js';
import { traced } from '../sql/statement-span.js';
import { BusyError } from './sqlite-busy.js';
import type { SqliteConnection, SqliteStatement } from './sqlite-driver.js';
import type { WatchedFile } from './sqlite-file.js';
import { isTrouble } from './sqlite-trouble.js';

const SAVEPOINT = 'oauth2_client_change';

/** A statement that reads rows as arrays: a driver takes half as long again to return objects. */
interface Reader {
  statement: SqliteStatement;
  names: readonly string[];
}

/** A connection with its prepared statements. */
export class PreparedConnection {
  private readonly statements = new Map<string, SqliteStatement>();
  private readonly readers = new Map<string, Reader>();
  private versions?: SqliteStatement;

  /** Whether a transaction is still open because it could not be rolled back. */
  private isLeftOpen = false;
  private readonly bound: (values: readonly unknown[]) => readonly unknown[];

  /** @param file the file of the database, which must be the same when a transaction begins and after its commit */
  constructor(
    readonly database: SqliteConnection,
    private readonly file?: WatchedFile,
  ) {
    this.bound = takesPositions(database) ? (values) => values : (values) => [named(values)];
  }

  row<Row extends object>(query: Query): Promise<Row | undefined> {
    return traced('sqlite', query, this.get) as Promise<Row | undefined>;
  }

  rows<Row extends object>(query: Query): Promise<Row[]> {
    return traced('sqlite', query, this.all) as Promise<Row[]>;
  }

  private readonly get = async (query: Query): Promise<unknown> => {
    const { statement, names } = this.reader(query);
    const values = statement.get(...this.bound(query.values)) as unknown[] | undefined;
    return values && rowOf(names, values);
  };

  private readonly all = async (query: Query): Promise<unknown[]> => {
    const { statement, names } = this.reader(query);
    return statement.all(...this.bound(query.values)).map((values) => rowOf(names, values as unknown[]));
  };

  /** A number that changes with each commit on another connection, of this or another process, and with no commit on this connection. */
  get state(): number {
    this.requireOpen();
    this.versions ??= this.database.prepare('PRAGMA data_version').raw();
    return (this.versions.get() as [number])[0];
  }

  /**
   * Begins a transaction with SQLite's write lock.
   *
   * @throws BusyError when another transaction is open on this connection; Error of SQLite, or when the file was replaced
   */
  begin(): void {
    this.requireOpen();
    this.file?.requireSame();
    if (this.isLeftOpen) this.rollBack();
    if (this.database.inTransaction) throw new BusyError('Another transaction on this connection is still open.');
    this.database.exec('BEGIN IMMEDIATE');
  }

  /** @throws Error when the transaction is not committed, or may be lost */
  commit(): void {
    this.database.exec('COMMIT');
    this.file?.requireSame();
  }

  /**
   * Rolls the transaction back, unless SQLite itself has done so, as on a full disk. If ROLLBACK fails, nothing is committed, and
   * {@link begin} retries it.
   */
  rollBack(): void {
    this.isLeftOpen = this.database.inTransaction;
    if (!this.isLeftOpen) return;
    try {
      this.database.exec('ROLLBACK');
      this.isLeftOpen = false;
    } catch {
      // The caller reports the error that made it roll back.
    }
  }

  /** Runs the queries of a change in the open transaction, and commits it; rolls it back after an error. */
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
   * Runs all queries of a change or none, within a transaction that stays open.
   *
   * @throws Error when no transaction is open, or of SQLite, which may have ended the transaction
   */
  join(queries: readonly Query[]): boolean {
    this.requireOpen();
    // Without a transaction, the savepoint would begin one, and its release would commit it.
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

  /**
   * Writes the log back into the file, so that a copy of the file alone is complete. If other connections use the file, or after an
   * error, the log is kept: nothing is lost.
   */
  emptyLog(): void {
    try {
      if (this.database.open) this.database.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      if (!isTrouble(error as Error)) throw error;
    }
  }

  /** Closes the connection if it is open. */
  close(): void {
    if (this.database.open) this.database.close();
  }

  private run(queries: readonly Query[]): boolean {
    return queries.every(
      (query, index) => this.statement(query).run(...this.bound(query.values)).changes > 0 || index > 0,
    );
  }

  /** @throws Error when the connection is closed: libsql would otherwise end the whole process */
  private requireOpen(): void {
    if (!this.database.open) throw new Error('The database connection is not open.');
  }

  private statement(query: Query): SqliteStatement {
    return this.known(this.statements, query, () => this.database.prepare(query.text));
  }

  private reader(query: Query): Reader {
    return this.known(this.readers, query, () => {
      const statement = this.database.prepare(query.text).raw();
      return { statement, names: statement.columns().map(({ name }) => name) };
    });
  }

  private known<T>(all: Map<string, T>, { name }: Query, prepare: () => T): T {
    this.requireOpen();
    const known = name === undefined ? undefined : all.get(name);
    if (known) return known;
    const prepared = prepare();
    if (name !== undefined) all.set(name, prepared);
    return prepared;
  }
}

/** Whether the driver accepts numbered parameters by position, as libsql does; that is faster. better-sqlite3 accepts them only by name. */
function takesPositions(database: SqliteConnection): boolean {
  try {
    database.prepare('SELECT ?1').get(1);
    return true;
  } catch {
    return false;
  }
}

function rowOf(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < names.length; at += 1) row[names[at] ?? ''] = values[at];
  return row;
}

function named(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, at) => [String(at + 1), value]));
}
