import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { ConnectionLimits, Dialect } from '../sql/dialect.js';
import { PreparedDatabase, type Executor, type Query } from '../sql/prepared-database.js';
import { codeOf, orUnavailable } from '../sql/unavailable.js';

interface Target {
  query: <Row extends QueryResultRow>(query: QueryConfig) => Promise<QueryResult<Row>>;
}

/** Codes of Node for a server that cannot be reached, or that closed the connection. */
const UNREACHABLE = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN))$/;
// SQLSTATEs (PostgreSQL's appendix A): connections (08), refused log-ins (28), a missing database (3D), exhausted resources
// (53), shutdown and start (57P), system errors (58), a read-only server, time-outs, statements mixed up by a pooler.
const TROUBLE = /^((08|28|3D|53|57P|58)\w+|25006|55P03|57014|26000|42P05)$/;
/** What pg and its pool say in errors without a code. */
const SAID = /connection terminated|timeout exceeded when trying|read timeout|not queryable|calling end on the pool/i;

function isTrouble(error: Error): boolean {
  const code = codeOf(error);
  return code === '' ? SAID.test(error.message) : UNREACHABLE.test(code) || TROUBLE.test(code);
}

/** How much longer than the server's own limit the driver waits for a statement: a server that is stuck ends nothing. */
const PATIENCE = 1000;

/** Options of TypeORM and of pg for limits, none of which lets anything wait for ever. */
function limited(limits?: ConnectionLimits): object {
  if (!limits) return {};
  const { poolSize, connectTimeout, statementTimeout } = limits;
  const extra = { keepAlive: true, statement_timeout: statementTimeout, query_timeout: statementTimeout + PATIENCE };
  return { poolSize, connectTimeoutMS: connectTimeout, extra };
}

/** PostgreSQL. */
export const POSTGRES: Dialect = {
  type: 'postgres',
  connectionOf: (url, limits) =>
    /^postgres(ql)?:/.test(url)
      ? { type: 'postgres', url, applicationName: 'oauth2-client-registry', ...limited(limits) }
      : undefined,
  parameter: (position) => `$${position}`,
  rowsOf: (json) => `jsonb_array_elements(${json}::jsonb) AS item(value)`,
  textsOf: (json, name) => `SELECT jsonb_array_elements_text(${json}::jsonb) AS ${name}`,
  bytewise: ' COLLATE "C"',
  writesAtOnce: true,
  plansByItself: true,
  isTrouble,
  hidesRollback: true,
};

/** Pools whose connections are listened to. */
const listened = new WeakSet<Pool>();

/**
 * Listens to every connection while it is checked out. The pool itself listens only to idle ones, and an error event without
 * a listener ends the process. When `connect` resolves it is too late: the bytes that were just read may hold the event.
 */
function listenToConnections(pool: Pool): void {
  if (listened.has(pool)) return;
  listened.add(pool);
  pool.on('acquire', (connection) => connection.on('error', ignoreError));
  pool.on('release', (_, connection) => connection.off('error', ignoreError));
}

/** Does nothing: the statement that a lost connection was working on fails by itself. */
function ignoreError(): void {}

/** Statements on the pool, or on one connection of it. */
class PostgresExecutor implements Executor {
  constructor(private readonly target: Target) {}

  async row<Row extends object>(query: Query): Promise<Row | undefined> {
    return (await this.rows<Row>(query))[0];
  }

  async rows<Row extends object>({ name, text, values }: Query): Promise<Row[]> {
    return (await this.target.query<Row>({ name, text, values: [...values] })).rows;
  }

  /** One statement is one transaction, so a change is one statement with several WITH parts. */
  async change([{ name, text, values }, ...others]: readonly [Query, ...Query[]]): Promise<boolean> {
    if (others.length > 0) throw new Error('On PostgreSQL a change is one statement.');
    const { rowCount } = await this.target.query({ name, text, values: [...values] });
    return (rowCount ?? 0) > 0;
  }
}

/** PostgreSQL, through the DataSource's own pool; each connection plans a named statement once. */
export class PostgresDatabase extends PreparedDatabase {
  readonly dialect = POSTGRES;
  private readonly pool: Pool;
  private readonly executor: PostgresExecutor;

  constructor(dataSource: DataSource, name?: string) {
    super(dataSource, name);
    this.pool = (dataSource.driver as unknown as { master: Pool }).master;
    this.executor = new PostgresExecutor(this.pool);
    listenToConnections(this.pool);
  }

  row<Row extends object>(query: Query): Promise<Row | undefined> {
    return orUnavailable(this.executor.row<Row>(query), POSTGRES);
  }

  rows<Row extends object>(query: Query): Promise<Row[]> {
    return orUnavailable(this.executor.rows<Row>(query), POSTGRES);
  }

  change(queries: readonly [Query, ...Query[]]): Promise<boolean> {
    return orUnavailable(this.executor.change(queries), POSTGRES);
  }

  async exclusively<T>(lock: Query, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T> {
    const locking = { ...lock, text: `${lock.text} FOR UPDATE` };
    const outer = this.within(manager);
    if (outer !== this) {
      await outer.rows(locking);
      return work(outer);
    }
    return orUnavailable(this.locked(locking, work), POSTGRES);
  }

  /** Does `work` in a transaction of its own, which begins with the lock. */
  private async locked<T>(locking: Query, work: (executor: Executor) => Promise<T>): Promise<T> {
    const connection = await this.pool.connect();
    const executor = new PostgresExecutor(connection);
    let isBroken = false;
    try {
      await connection.query('BEGIN');
      await executor.rows(locking);
      const result = await work(executor);
      await connection.query('COMMIT');
      return result;
    } catch (error) {
      // If even ROLLBACK fails, the connection is broken: the pool discards it.
      await connection.query('ROLLBACK').catch(() => (isBroken = true));
      throw error;
    } finally {
      connection.release(isBroken);
    }
  }

  async requireReady(): Promise<void> {
    await this.rows({ text: 'SELECT 1', values: [] });
  }

  protected joined(runner: QueryRunner): Executor {
    const connected = runner.connect() as Promise<PoolClient>;
    return new PostgresExecutor({ query: async (query) => (await connected).query(query) });
  }
}
