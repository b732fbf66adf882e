import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { PreparedDatabase, type Query } from './prepared-database.js';

/** PostgreSQL, through the pool that the DataSource has anyway; named statements are planned once a connection. */
export class PostgresDatabase extends PreparedDatabase {
  readonly dialect = 'postgres';
  private readonly pool: Pool;

  constructor(dataSource: DataSource) {
    super(dataSource);
    this.pool = (dataSource.driver as unknown as { master: Pool }).master;
  }

  parameter(position: number): string {
    return `$${position}`;
  }

  async row<Row extends object>(query: Query): Promise<Row | undefined> {
    return (await this.rows<Row>(query))[0];
  }

  async rows<Row extends object>({ name, text, values }: Query): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>({ name, text, values: [...values] });
    return rows;
  }

  /** One statement is one transaction, so what belongs together is one statement with several WITH parts. */
  async change([query, ...others]: readonly [Query, ...Query[]]): Promise<boolean> {
    if (others.length > 0) throw new Error('On PostgreSQL a change is one statement.');
    return (await this.rows(query)).length > 0;
  }

  onModuleDestroy(): void {}
}
