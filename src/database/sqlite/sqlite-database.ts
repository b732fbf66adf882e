import type { DataSource, EntityManager } from 'typeorm';
import { beginMigrations } from './begin-migrations.js';
import { Checkpointer } from './checkpointer.js';
import { refuseForgottenManager } from '../sql/current-transaction.js';
import type { Dialect } from '../sql/dialect.js';
import { PreparedDatabase, type Executor, type Query } from '../sql/prepared-database.js';
import { lockForWriting } from './sqlite-busy.js';
import {
  prepareConnection,
  PreparedConnection,
  sqliteConnectionOf,
  type SqliteConnection,
} from './sqlite-connection.js';
import { isTrouble } from './sqlite-trouble.js';
import { SqliteWriter } from './sqlite-writer.js';
import { orUnavailable } from '../sql/unavailable.js';

/** TypeORM's driver: the package that the DataSource was given, and its one connection. */
interface SqliteDriver {
  sqlite: new (file: string) => SqliteConnection;
  databaseConnection: SqliteConnection;
}

/** Pages (4 KiB) of the log at which the writer itself checkpoints what the {@link Checkpointer} has not. */
const CHECKPOINT_PAGES = 16_000;

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
  private readonly isInMemory: boolean;
  private readonly host: PreparedConnection;
  private readonly writing: PreparedConnection;
  private readonly writer: SqliteWriter;
  private readonly reader: PreparedConnection;
  private readonly checkpointer?: Checkpointer;

  constructor(dataSource: DataSource, name?: string) {
    super(dataSource, name);
    const { database: file } = dataSource.options as { database: string };
    const { sqlite: Sqlite, databaseConnection } = dataSource.driver as unknown as SqliteDriver;
    this.host = new PreparedConnection(databaseConnection);
    // In memory, a second connection would be a second database.
    this.isInMemory = file === ':memory:';
    this.writing = this.isInMemory ? this.host : new PreparedConnection(new Sqlite(file));
    this.reader = this.isInMemory ? this.host : new PreparedConnection(new Sqlite(file));
    this.writer = new SqliteWriter(this.writing);
    if (this.isInMemory) return;
    prepareConnection(this.writing.database);
    // Waiting within SQLite would block the event loop, and with it a transaction of this process that is in the way.
    this.writing.database.pragma('busy_timeout = 0');
    // Without WAL a reader, the host's own connection included, could block a commit.
    this.writing.database.pragma('journal_mode = WAL');
    this.writing.database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
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
  async change(queries: readonly [Query, ...Query[]]): Promise<boolean> {
    refuseForgottenManager(this.dataSource);
    return orUnavailable(this.writer.change(queries), SQLITE);
  }

  /** Locks the whole database. The change ends the transaction in the same turn, so that no read sees it half done. */
  async exclusively<T>(_: Query, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T> {
    const outer = this.within(manager);
    if (outer !== this) return work(outer);
    refuseForgottenManager(this.dataSource);
    return orUnavailable(this.locked(work), SQLITE);
  }

  /** Does `work` in a transaction of its own. */
  private async locked<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    const end = await this.writer.begin();
    let isOpen = true;
    const executor: Executor = {
      row: (query) => this.writing.row(query),
      rows: (query) => this.writing.rows(query),
      change: async (queries) => {
        isOpen = false;
        return this.writing.finish(queries);
      },
    };
    try {
      return await work(executor);
    } finally {
      if (isOpen) this.writing.rollBack();
      end();
    }
  }

  /** Uses TypeORM's one connection: the transaction is open there. */
  protected joined(): Executor {
    return {
      row: (query) => this.host.row(query),
      rows: (query) => this.host.rows(query),
      change: async (queries) => this.host.join(queries),
    };
  }

  async requireReady(): Promise<void> {
    await this.rows({ text: 'SELECT 1', values: [] });
  }

  override async onApplicationShutdown(): Promise<void> {
    if (this.isInMemory) return;
    await this.checkpointer?.close();
    await this.writer.close();
    this.reader.close();
  }
}
