import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { Executor, Query } from '../sql/prepared-database.js';
import { traced } from '../sql/statement-span.js';

/** Runs statements of the driver. */
export interface Target {
  query: <Row extends QueryResultRow>(query: QueryConfig) => Promise<QueryResult<Row>>;
}

/** Fails as the server itself does when transactions meet: nothing of the transaction can be committed any more. */
const LOSE = `DO $$ BEGIN RAISE 'another transaction came between' USING ERRCODE = 'serialization_failure'; END $$`;

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
    return (await this.run(query)).rows as Row[];
  }

  /**
   * One statement is one transaction, so a change is one statement with several WITH parts. What came between is seen by a second
   * one, so that needs a transaction on the target.
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
