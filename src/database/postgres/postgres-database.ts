import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { PreparedDatabase, type Connections, type Executor, type Query } from '../sql/prepared-database.js';
import { orUnavailable } from '../sql/unavailable.js';
import { inShareOfChanges } from './change-share.js';
import { beginningOf, preparesStatements } from './url/connection-options.js';
import { retryLostRaces } from './lost-races.js';
import { POSTGRES } from './postgres-dialect.js';
import { isReusableAfter, isTrouble } from './postgres-errors.js';
import { PostgresExecutor } from './postgres-executor.js';
import { checkOut, listenToConnections } from './postgres-pool.js';
import { mayShare, SharedStatements } from './shared-statements.js';

/** Fails on a read-only server with the error that a change would cause, so that the pool discards the connection. */
const REQUIRE_WRITABLE = `DO $$ BEGIN IF current_setting('transaction_read_only') = 'on' THEN
  RAISE 'the server is read-only' USING ERRCODE = 'read_only_sql_transaction'; END IF; END $$`;

/** PostgreSQL, through the DataSource's own pool; each connection plans a named statement once. */
export class PostgresDatabase extends PreparedDatabase {
  readonly dialect = POSTGRES;
  private readonly pool: Pool;
  private readonly prepares: boolean;
  private readonly beginning: string;
  /** Runs each statement on any connection, in a transaction of its own. */
  private readonly executor: PostgresExecutor;
  private readonly shared: SharedStatements;

  constructor(dataSource: DataSource, name?: string) {
    super(dataSource, name);
    this.pool = (dataSource.driver as unknown as { master: Pool }).master;
    this.prepares = preparesStatements(dataSource);
    this.beginning = beginningOf(dataSource);
    this.executor = new PostgresExecutor({ query: (query) => this.query(query) }, this.prepares);
    this.shared = new SharedStatements(this.executor);
    listenToConnections(this.pool);
  }

  row<Row extends object>(query: Query): Promise<Row | undefined> {
    return this.whole(() => this.executor.row<Row>(query));
  }

  rows<Row extends object>(query: Query): Promise<Row[]> {
    return this.whole(() => this.executor.rows<Row>(query));
  }

  change(queries: readonly [Query, ...Query[]], lost?: Query, signal?: AbortSignal): Promise<boolean> {
    const [first] = queries;
    const change = () => {
      if (lost) return this.transaction((executor) => executor.change(queries, lost));
      return mayShare(first) ? this.shared.change(first) : this.executor.change(queries);
    };
    return this.whole(() => inShareOfChanges(this.pool, change, signal));
  }

  async exclusively<T>(lock: Query, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T> {
    const locking = { ...lock, text: `${lock.text} FOR UPDATE` };
    const outer = this.within(manager);
    if (outer !== this) {
      await outer.rows(locking);
      return work(outer);
    }
    const locked = async (executor: Executor): Promise<T> => {
      await executor.rows(locking);
      return work(executor);
    };
    return this.whole(() => inShareOfChanges(this.pool, () => this.transaction(locked)));
  }

  /** Runs a whole transaction, and retries it when it lost a race. */
  private whole<T>(transaction: () => Promise<T>): Promise<T> {
    return orUnavailable(retryLostRaces(transaction), POSTGRES);
  }

  private async query<Row extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<Row>> {
    const connection = await checkOut(this.pool);
    let isBroken = false;
    try {
      return await connection.query<Row>(query);
    } catch (error) {
      isBroken = !isReusableAfter(error as Error);
      throw error;
    } finally {
      connection.release(isBroken);
    }
  }

  /** Runs `work` in a transaction of its own. */
  private async transaction<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    const connection = await checkOut(this.pool);
    const executor = new PostgresExecutor(connection, this.prepares);
    let isBroken = false;
    try {
      await connection.query(this.beginning);
      const result = await work(executor);
      await connection.query('COMMIT');
      return result;
    } catch (error) {
      // A connection that is stuck, or leads to a server that became read-only, is discarded without ROLLBACK.
      isBroken = isTrouble(error as Error) && !isReusableAfter(error as Error);
      if (!isBroken) await connection.query('ROLLBACK').catch(() => (isBroken = true));
      throw error;
    } finally {
      connection.release(isBroken);
    }
  }

  override get connections(): Connections {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  async requireReady(): Promise<void> {
    await this.rows({ text: REQUIRE_WRITABLE, values: [] });
  }

  protected joined(runner: QueryRunner): Executor {
    const connected = runner.connect() as Promise<PoolClient>;
    return new PostgresExecutor({ query: async (query) => (await connected).query(query) }, this.prepares);
  }
}
