import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { Executor, Query } from '../sql/prepared-database.js';

/** Runs statements of the driver. */
export interface Target {
  query: <Row extends QueryResultRow>(query: QueryConfig) => Promise<QueryResult<Row>>;
}

/** Statements on a connection, or on any of a pool. */
export class PostgresExecutor implements Executor {
  /**
   * @param target what runs them
   * @param prepares false to leave out the names of statements, so that the server prepares none
   */
  constructor(
    private readonly target: Target,
    private readonly prepares: boolean,
  ) {}

  async row<Row extends object>(query: Query): Promise<Row | undefined> {
    return (await this.rows<Row>(query))[0];
  }

  async rows<Row extends object>(query: Query): Promise<Row[]> {
    return (await this.run<Row>(query)).rows;
  }

  /** One statement is one transaction, so a change is one statement with several WITH parts. */
  async change([query, ...others]: readonly [Query, ...Query[]]): Promise<boolean> {
    if (others.length > 0) throw new Error('On PostgreSQL a change is one statement.');
    return ((await this.run(query)).rowCount ?? 0) > 0;
  }

  private run<Row extends object>({ name, text, values }: Query): Promise<QueryResult<Row>> {
    return this.target.query<Row>({ name: this.prepares ? name : undefined, text, values: [...values] });
  }
}
