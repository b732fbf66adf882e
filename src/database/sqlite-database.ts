import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import type { DataSource } from 'typeorm';
import { Checkpointer } from './checkpointer.js';
import { PreparedDatabase, type Query, type Session } from './prepared-database.js';

type Statement = Libsql.Statement<unknown[]>;

/** How long a write waits for another connection's transaction, and how often it looks, in milliseconds. */
const BUSY_TIMEOUT = 10_000;
const BUSY_INTERVAL = 5;

/** What every connection to the embedded database needs: a commit is on the disk before it is acknowledged. */
export function prepareConnection(connection: Libsql.Database): void {
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
}

/** Pages (4 KiB) of the log at which the writer itself writes back what the thread beside it has not; then the log begins anew. */
const CHECKPOINT_PAGES = 16_000;

class Connection {
  private readonly statements = new Map<string, Statement>();

  constructor(readonly database: Libsql.Database) {}

  async row<Row extends object>(query: Query): Promise<Row | undefined> {
    return this.statement(query).get(...query.values) as Row | undefined;
  }

  async rows<Row extends object>(query: Query): Promise<Row[]> {
    return this.statement(query).all(...query.values) as Row[];
  }

  /** Runs the queries of a change in the transaction that is open, and ends it. */
  finish(queries: readonly Query[]): boolean {
    try {
      const written = queries.every(
        (query, index) => this.statement(query).run(...query.values).changes > 0 || index > 0,
      );
      this.database.exec(written ? 'COMMIT' : 'ROLLBACK');
      return written;
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  private statement({ name, text }: Query): Statement {
    const known = name === undefined ? undefined : this.statements.get(name);
    if (known) return known;
    const statement = this.database.prepare(text);
    if (name !== undefined) this.statements.set(name, statement);
    return statement;
  }
}

/**
 * SQLite. TypeORM has one connection to the file, and whatever runs on it while a transaction is open joins it and
 * vanishes with its rollback. So the registry writes and reads on connections of its own. A change runs within one turn
 * of the event loop: nothing of this process can come between its statements, and no read sees it half done.
 */
export class SqliteDatabase extends PreparedDatabase {
  readonly dialect = 'sqlite';
  private readonly writer: Connection;
  private readonly reader: Connection;
  private readonly checkpointer?: Checkpointer;

  constructor(dataSource: DataSource) {
    super(dataSource);
    const { database: file } = dataSource.options as { database: string };
    if (file === ':memory:') {
      // A second connection would be a second database.
      this.writer = this.reader = new Connection(
        (dataSource.driver as unknown as { databaseConnection: Libsql.Database }).databaseConnection,
      );
      return;
    }
    this.writer = new Connection(new Libsql(file));
    prepareConnection(this.writer.database);
    // Without it a reader, the host's own connection too, could keep a commit from being made.
    this.writer.database.pragma('journal_mode = WAL');
    this.writer.database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    this.reader = new Connection(new Libsql(file));
    this.reader.database.pragma('query_only = ON');
    this.checkpointer = new Checkpointer(file);
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
  async exclusively<T>(_: Query, work: (session: Session) => Promise<T>): Promise<T> {
    await this.begin();
    let isOpen = true;
    const session: Session = {
      row: (query) => this.writer.row(query),
      rows: (query) => this.writer.rows(query),
      change: async (queries) => {
        isOpen = false;
        return this.writer.finish(queries);
      },
    };
    try {
      return await work(session);
    } finally {
      if (isOpen) this.writer.database.exec('ROLLBACK');
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.writer === this.reader) return;
    await this.checkpointer?.close();
    this.writer.database.close();
    this.reader.database.close();
  }

  /** Opens a transaction. Waits without blocking: what is in the way may be this process's own, on the host's connection. */
  private async begin(): Promise<void> {
    const deadline = Date.now() + BUSY_TIMEOUT;
    while (!this.hasBegun(Date.now() >= deadline)) await sleep(BUSY_INTERVAL);
  }

  /** Opens the transaction, or tells that another one is open; throws that when it is the last attempt. */
  private hasBegun(last: boolean): boolean {
    const { database } = this.writer;
    if (database.inTransaction && !last) return false;
    try {
      database.exec('BEGIN IMMEDIATE');
      return true;
    } catch (error) {
      if (last || !(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error;
      return false;
    }
  }
}
