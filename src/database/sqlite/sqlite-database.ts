import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { nextTurn } from '../../concurrency/next-turn.js';
import { beginMigrations } from './begin-migrations.js';
import { Checkpointer } from './checkpointer.js';
import { refuseForgottenManager } from '../sql/current-transaction.js';
import { pairsOf, type Dialect } from '../sql/dialect.js';
import { PreparedDatabase, type Executor, type Query, type Reader, type ReadMoment } from '../sql/prepared-database.js';
import { traced } from '../sql/statement-span.js';
import { rowsAbout } from './rows-about.js';
import { backUpFile } from './sqlite-backup.js';
import { lockForWriting } from './sqlite-busy.js';
import { PreparedConnection } from './sqlite-connection.js';
import {
  IN_MEMORY,
  prepareConnection,
  sqliteConnectionOf,
  sqliteFileOf,
  sqlitePlaceOf,
  type SqliteConnection,
} from './sqlite-driver.js';
import { WatchedFile } from './sqlite-file.js';
import { probeFile } from './sqlite-probe.js';
import { isTrouble } from './sqlite-trouble.js';
import { SqliteWriter } from './sqlite-writer.js';
import { codeOf, orUnavailable } from '../sql/unavailable.js';

/** TypeORM's driver: the package that the DataSource was given, and its one connection. */
interface SqliteDriver {
  sqlite: new (file: string) => SqliteConnection;
  databaseConnection: SqliteConnection;
}

/** The queries of a change. */
type Changes = readonly [Query, ...Query[]];

/** Size of the log, in pages of 4 KiB, at which the writer itself checkpoints what the {@link Checkpointer} has not. */
const CHECKPOINT_PAGES = 16_000;

/** SQLite, by libsql or better-sqlite3. */
export const SQLITE: Dialect = {
  type: 'better-sqlite3',
  connectionOf: sqliteConnectionOf,
  placeOf: sqlitePlaceOf,
  backUp: (url, file) => {
    const source = sqliteFileOf(url);
    if (source === undefined) return undefined;
    backUpFile(source, file);
    return true;
  },
  parameter: (position) => `?${position}`,
  rowsOf: (json) => `json_each(${json}) AS item`,
  objectsOf: (members) => `json_group_array(json_object(${pairsOf(members)}))`,
  linesOf: (value) => `group_concat(${value}, char(10))`,
  textsOf: (json, name) => `SELECT value AS ${name} FROM json_each(${json})`,
  isRemote: false,
  skipLocked: () => '',
  rowsAbout,
  bytewise: '',
  numberedKey: (column) => `${column} integer PRIMARY KEY AUTOINCREMENT NOT NULL`,
  writesAtOnce: false,
  plansByItself: false,
  isTrouble,
  hidesRollback: false,
  beginMigrations,
  lockForWriting,
};

/**
 * SQLite, on connections of the registry's own: a statement on TypeORM's connection would join whatever transaction is open there.
 * See docs/decisions/0003-sqlite-connections.md.
 */
export class SqliteDatabase extends PreparedDatabase {
  readonly dialect = SQLITE;
  /** Absent for a database in memory. */
  private readonly own?: { open: () => SqliteConnection; watched: WatchedFile; checkpointer: Checkpointer };
  private readonly host: PreparedConnection;
  private readonly writing: PreparedConnection;
  private readonly writer: SqliteWriter;
  private readonly reader: PreparedConnection;
  /** Shared by all callers that wait for the end of this turn of the event loop. */
  private moment?: Promise<ReadMoment> | undefined;
  private readonly atOnce: Reader = {
    row: (query) => orUnavailable(this.reader.row(query), SQLITE),
    rows: (query) => orUnavailable(this.reader.rows(query), SQLITE),
  };
  override nextMoment?: () => Promise<ReadMoment>;

  constructor(dataSource: DataSource, name?: string) {
    super(dataSource, name);
    const { database: file } = dataSource.options as { database: string };
    const { sqlite: Sqlite, databaseConnection } = dataSource.driver as unknown as SqliteDriver;
    this.host = new PreparedConnection(databaseConnection);
    if (file === IN_MEMORY) {
      // A second connection would be a second database.
      this.reader = this.writing = this.host;
      this.writer = new SqliteWriter(this.writing);
      return;
    }
    const open = (): SqliteConnection => new Sqlite(file);
    this.reader = new PreparedConnection(open());
    this.reader.database.pragma('query_only = ON');
    const writing = open();
    prepareConnection(writing);
    // Waiting within SQLite would block the event loop, and with it a transaction of this process that is in the way.
    writing.pragma('busy_timeout = 0');
    // Without WAL a reader, the host's own connection included, could block a commit.
    writing.pragma('journal_mode = WAL');
    writing.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    const watched = watch(writing);
    this.writing = new PreparedConnection(writing, watched);
    this.writer = new SqliteWriter(this.writing);
    this.own = { open, watched, checkpointer: new Checkpointer(file, Sqlite) };
    // A connection's own commits do not change its state; the reader commits nothing.
    this.nextMoment = () => (this.moment ??= orUnavailable(this.endOfTurn(), SQLITE));
  }

  async row<Row extends object>(query: Query): Promise<Row | undefined> {
    await nextTurn();
    return this.atOnce.row<Row>(query);
  }

  async rows<Row extends object>(query: Query): Promise<Row[]> {
    await nextTurn();
    return this.atOnce.rows<Row>(query);
  }

  private async endOfTurn(): Promise<ReadMoment> {
    await nextTurn();
    // A caller that asks from now on may have seen a commit that this state does not reflect.
    this.moment = undefined;
    return { state: this.reader.state, reader: this.atOnce };
  }

  /** Runs within one turn of the event loop, so that nothing of this process comes between its statements. */
  async change(queries: Changes, _?: Query, signal?: AbortSignal): Promise<boolean> {
    refuseForgottenManager(this.dataSource);
    // The measured time includes the wait for the change's turn.
    const written = traced('sqlite', queries, (all) => this.writer.change(all, signal));
    return orUnavailable(written, SQLITE);
  }

  /** Locks the whole database. The change and the commit run in one turn of the event loop, so that no read sees it half done. */
  async exclusively<T>(_: Query, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T> {
    const outer = this.within(manager);
    if (outer !== this) return work(outer);
    refuseForgottenManager(this.dataSource);
    return orUnavailable(this.locked(work), SQLITE);
  }

  /** Runs `work` in a transaction of its own. */
  private async locked<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    const end = await this.writer.begin();
    let isOpen = true;
    const executor: Executor = {
      row: (query) => this.writing.row(query),
      rows: (query) => this.writing.rows(query),
      change: (queries) =>
        traced('sqlite', queries, async () => {
          isOpen = false;
          return this.writing.finish(queries);
        }),
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
      change: (queries) => traced('sqlite', queries, async () => this.host.join(queries)),
    };
  }

  async requireReady(): Promise<void> {
    await this.rows({ text: 'SELECT 1', values: [] });
    await orUnavailable(this.probe(), SQLITE);
  }

  /** As the base class does. @throws Error also when the file is read-only */
  override async check(entities: readonly EntityTarget<ObjectLiteral>[], mend?: string): Promise<void> {
    await super.check(entities, mend);
    await this.probe().catch((cause: Error) => {
      if (codeOf(cause).startsWith('SQLITE_READONLY'))
        throw new Error('The file of the database is read-only: grant the process access to it.', { cause });
    });
  }

  private async probe(): Promise<void> {
    if (!this.own) return;
    this.own.watched.requireSame();
    probeFile(this.own.open(), this.tables);
  }

  protected override async close(): Promise<void> {
    if (!this.own) return;
    await this.own.checkpointer.close();
    await this.writer.close();
    this.reader.close();
  }
}

/** Returns the file of a connection, after making the connection open its log. */
function watch(connection: SqliteConnection): WatchedFile {
  connection.exec('SELECT 1 FROM sqlite_schema');
  const [{ file }] = connection.pragma('database_list') as [{ file: string }];
  return new WatchedFile(file);
}
