import type { DataSource, EntityManager } from 'typeorm';
import { Checkpointer } from './checkpointer.js';
import { PreparedDatabase, type Query, type Executor } from './prepared-database.js';
import { forgottenManager } from './run-in-transaction.js';
import { isBusy, untilFree } from './sqlite-busy.js';

/** What libsql and better-sqlite3 have in common. */
interface SqliteConnection {
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

/** TypeORM's driver: the package that the DataSource was given, and its one connection. */
interface SqliteDriver {
  sqlite: new (file: string) => SqliteConnection;
  databaseConnection: SqliteConnection;
}

/** What every connection to the embedded database needs: a commit is on the disk before it is acknowledged. */
export function prepareConnection(connection: SqliteConnection): void {
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
}

/** Pages (4 KiB) of the log at which the writer itself writes back what the thread beside it has not; then the log begins anew. */
const CHECKPOINT_PAGES = 16_000;

const SAVEPOINT = 'oauth2_client_change';

class Connection {
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

  /** Runs the queries of a change in the transaction that is open, and ends it. */
  finish(queries: readonly Query[]): boolean {
    try {
      const written = this.run(queries);
      this.database.exec(written ? 'COMMIT' : 'ROLLBACK');
      return written;
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Runs the queries of a change within a transaction that goes on: all of them, or none. */
  async join(queries: readonly Query[]): Promise<boolean> {
    this.database.exec(`SAVEPOINT ${SAVEPOINT}`);
    try {
      return this.run(queries);
    } catch (error) {
      this.database.exec(`ROLLBACK TO ${SAVEPOINT}`);
      throw error;
    } finally {
      this.database.exec(`RELEASE ${SAVEPOINT}`);
    }
  }

  private run(queries: readonly Query[]): boolean {
    return queries.every(
      (query, index) => this.statement(query).run(...this.bound(query.values)).changes > 0 || index > 0,
    );
  }

  private statement({ name, text }: Query): SqliteStatement {
    const known = name === undefined ? undefined : this.statements.get(name);
    if (known) return known;
    const statement = this.database.prepare(text);
    if (name !== undefined) this.statements.set(name, statement);
    return statement;
  }
}

/** better-sqlite3 takes numbered parameters by their names alone, libsql by their positions, too, which is quicker. */
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

/**
 * SQLite. TypeORM has one connection to the file, and whatever runs on it while a transaction is open joins it and
 * vanishes with its rollback. So the registry writes and reads on connections of its own. A change runs within one turn
 * of the event loop: nothing of this process can come between its statements, and no read sees it half done.
 */
export class SqliteDatabase extends PreparedDatabase {
  readonly dialect = 'sqlite';
  private readonly host: Connection;
  private readonly writer: Connection;
  private readonly reader: Connection;
  private readonly checkpointer?: Checkpointer;

  constructor(dataSource: DataSource, name?: string) {
    super(dataSource, name);
    const { database: file } = dataSource.options as { database: string };
    const { sqlite: Sqlite, databaseConnection } = dataSource.driver as unknown as SqliteDriver;
    this.host = new Connection(databaseConnection);
    if (file === ':memory:') {
      // A second connection would be a second database.
      this.writer = this.reader = this.host;
      return;
    }
    this.writer = new Connection(new Sqlite(file));
    prepareConnection(this.writer.database);
    // better-sqlite3 would wait within SQLite, where the transaction in the way, if it is this process's own, can not go on.
    this.writer.database.pragma('busy_timeout = 0');
    // Without it a reader, the host's own connection too, could keep a commit from being made.
    this.writer.database.pragma('journal_mode = WAL');
    this.writer.database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    this.reader = new Connection(new Sqlite(file));
    this.reader.database.pragma('query_only = ON');
    this.checkpointer = new Checkpointer(file, Sqlite);
  }

  parameter(position: number): string {
    return `?${position}`;
  }

  row<Row extends object>(query: Query): Promise<Row | undefined> {
    return this.reader.row(query);
  }

  rows<Row extends object>(query: Query): Promise<Row[]> {
    return this.reader.rows(query);
  }

  async change(queries: readonly [Query, ...Query[]]): Promise<boolean> {
    await this.begin();
    return this.writer.finish(queries);
  }

  /** The whole database is locked. Its change ends the transaction at once, so that no read can see it half done. */
  async exclusively<T>(_: Query, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T> {
    const outer = this.within(manager);
    if (outer !== this) return work(outer);
    await this.begin();
    let isOpen = true;
    const executor: Executor = {
      row: (query) => this.writer.row(query),
      rows: (query) => this.writer.rows(query),
      change: async (queries) => {
        isOpen = false;
        return this.writer.finish(queries);
      },
    };
    try {
      return await work(executor);
    } finally {
      if (isOpen) this.writer.database.exec('ROLLBACK');
    }
  }

  /** TypeORM has one connection, so it is the transaction's. */
  protected joined(): Executor {
    return {
      row: (query) => this.host.row(query),
      rows: (query) => this.host.rows(query),
      change: (queries) => this.host.join(queries),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.writer === this.reader) return;
    await this.checkpointer?.close();
    this.writer.database.close();
    this.reader.database.close();
  }

  /** Opens a transaction. Waits without blocking: what is in the way may be this process's own, on the host's connection. */
  private async begin(): Promise<void> {
    forgottenManager(this.dataSource);
    await untilFree((last) => this.hasBegun(last));
  }

  /** Opens the transaction, or tells that another one is open; throws that when it is the last attempt. */
  private hasBegun(last: boolean): boolean {
    const { database } = this.writer;
    if (database.inTransaction && !last) return false;
    try {
      database.exec('BEGIN IMMEDIATE');
      return true;
    } catch (error) {
      if (last || !isBusy(error)) throw error;
      return false;
    }
  }
}
