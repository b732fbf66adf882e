import type { DataSource, EntityManager } from 'typeorm';
import { beginMigrations } from './begin-migrations.js';
import { Checkpointer } from './checkpointer.js';
import { refuseForgottenManager } from '../sql/current-transaction.js';
import type { Dialect } from '../sql/dialect.js';
import { PreparedDatabase, type Executor, type Query } from '../sql/prepared-database.js';
import { BusyError, lockForWriting, retryWhileBusy } from './sqlite-busy.js';
import {
  prepareConnection,
  PreparedConnection,
  sqliteConnectionOf,
  type SqliteConnection,
} from './sqlite-connection.js';
import { codeOf, orUnavailable } from '../sql/unavailable.js';

/** TypeORM's driver: the package that the DataSource was given, and its one connection. */
interface SqliteDriver {
  sqlite: new (file: string) => SqliteConnection;
  databaseConnection: SqliteConnection;
}

/** Pages (4 KiB) of the log at which the writer itself checkpoints what the {@link Checkpointer} has not. */
const CHECKPOINT_PAGES = 16_000;

/** A file that is busy, read-only, full, damaged, or gone. */
const TROUBLE = /^SQLITE_(BUSY|LOCKED|READONLY|FULL|IOERR|CANTOPEN|CORRUPT|NOTADB|PROTOCOL)/;

function isTrouble(error: Error): boolean {
  return TROUBLE.test(codeOf(error)) || /connection is not open/i.test(error.message);
}

/** SQLite, by libsql or better-sqlite3. */
export const SQLITE: Dialect = {
  type: 'better-sqlite3',
  connectionOf: sqliteConnectionOf,
  parameter: (position) => `?${position}`,
  rowsOf: (json) => `json_each(${json}) AS item`,
  textsOf: (json, name) => `SELECT value AS ${name} FROM json_each(${json})`,
  bytewise: '',
  writesAtOnce: false,
  plansByItself: false,
  isTrouble,
  hidesRollback: false,
  beginMigrations,
  lockForWriting,
};

/**
 * SQLite, on connections of the registry's own: what runs on TypeORM's connection joins whatever transaction is open there.
 * See docs/decisions/0003-sqlite-connections.md.
 */
export class SqliteDatabase extends PreparedDatabase {
  readonly dialect = SQLITE;
  private readonly host: PreparedConnection;
  private readonly writer: PreparedConnection;
  private readonly reader: PreparedConnection;
  private readonly checkpointer?: Checkpointer;

  constructor(dataSource: DataSource, name?: string) {
    super(dataSource, name);
    const { database: file } = dataSource.options as { database: string };
    const { sqlite: Sqlite, databaseConnection } = dataSource.driver as unknown as SqliteDriver;
    this.host = new PreparedConnection(databaseConnection);
    if (file === ':memory:') {
      // A second connection would be a second database.
      this.writer = this.reader = this.host;
      return;
    }
    this.writer = new PreparedConnection(new Sqlite(file));
    prepareConnection(this.writer.database);
    // Waiting within SQLite would block the event loop, and with it a transaction of this process that is in the way.
    this.writer.database.pragma('busy_timeout = 0');
    // Without WAL a reader, the host's own connection included, could block a commit.
    this.writer.database.pragma('journal_mode = WAL');
    this.writer.database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    this.reader = new PreparedConnection(new Sqlite(file));
    this.reader.database.pragma('query_only = ON');
    this.checkpointer = new Checkpointer(file, Sqlite);
  }

  row<Row extends object>(query: Query): Promise<Row | undefined> {
    return orUnavailable(this.reader.row<Row>(query), SQLITE);
  }

  rows<Row extends object>(query: Query): Promise<Row[]> {
    return orUnavailable(this.reader.rows<Row>(query), SQLITE);
  }

  /** Runs within one turn of the event loop, so that nothing of this process comes between its statements. */
  change(queries: readonly [Query, ...Query[]]): Promise<boolean> {
    const done = this.begin().then(() => this.writer.finish(queries));
    return orUnavailable(done, SQLITE);
  }

  /** Locks the whole database. The change ends the transaction in the same turn, so that no read sees it half done. */
  async exclusively<T>(_: Query, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T> {
    const outer = this.within(manager);
    if (outer !== this) return work(outer);
    return orUnavailable(this.locked(work), SQLITE);
  }

  /** Does `work` in a transaction of its own. */
  private async locked<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
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

  /** Uses TypeORM's one connection: the transaction is open there. */
  protected joined(): Executor {
    return {
      row: (query) => this.host.row(query),
      rows: (query) => this.host.rows(query),
      change: (queries) => this.host.join(queries),
    };
  }

  async requireReady(): Promise<void> {
    await this.rows({ text: 'SELECT 1', values: [] });
  }

  override async onApplicationShutdown(): Promise<void> {
    if (this.writer === this.reader) return;
    await this.checkpointer?.close();
    this.writer.database.close();
    this.reader.database.close();
  }

  /** Begins a transaction on the writer, when no other one is in the way. */
  private async begin(): Promise<void> {
    refuseForgottenManager(this.dataSource);
    const { database } = this.writer;
    await retryWhileBusy(() => {
      if (database.inTransaction) throw new BusyError('Another transaction on this connection is still open.');
      database.exec('BEGIN IMMEDIATE');
    });
  }
}
