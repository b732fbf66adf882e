import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { Executor, Query } from '../sql/prepared-database.js';
import { traced } from '../sql/statement-span.js';

/** What runs the driver's statements: a connection, or a pool. */
export interface Target {
  query: <Row extends QueryResultRow>(query: QueryConfig) => Promise<QueryResult<Row>>;
}

/** Fails with the server's own error for conflicting transactions; after it, nothing of the transaction can be committed. */
const LOSE = `DO $$ BEGIN RAISE 'another transaction came between' USING ERRCODE = 'serialization_failure'; END $$`;

/** Runs statements on one connection, or on any connection of a pool. */
export class PostgresExecutor implements Executor {
  /**
   * @param target what runs the statements
   * @param prepares false to omit the names of statements, so that the server prepares none
   */
  constructor(
    private readonly target: Target,
    private readonly prepares: boolean,
  ) {}

  async row<Row extends object>(query: Query): Promise<Row | undefined> {
    return (await this.rows<Row>(query))[0];
  }

  async rows<Row extends object>(query: Query): Promise<Row[]> {
    return (await this.run(query)).rows as Row[];
  }

  /**
   * Runs a change as one statement, with several WITH parts: one statement is one transaction. The check for a lost race is a second
   * statement, so `lost` requires an open transaction on the target.
   */
  async change([query, ...others]: readonly [Query, ...Query[]], lost?: Query): Promise<boolean> {
    if (others.length > 0) throw new Error('On PostgreSQL a change is one statement.');
    const isWritten = ((await this.run(query)).rowCount ?? 0) > 0;
    if (isWritten && lost && (await this.row(lost))) await this.run({ text: LOSE, values: [] });
    return isWritten;
  }

  private run(query: Query): Promise<QueryResult<QueryResultRow>> {
    return traced('postgresql', query, this.send);
  }

  private readonly send = ({ name, text, values }: Query): Promise<QueryResult<QueryResultRow>> =>
    this.target.query({ name: this.prepares ? name : undefined, text, values: [...values] });
}
