import pg from 'pg';
import type { Query } from '../../src/database/sql/prepared-database.js';

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
}

/** Rows of tables that a plan has looked at. */
function rowsOf({ Plans = [], ...node }: Node): number {
  const below = Plans.reduce((sum, plan) => sum + rowsOf(plan), 0);
  const own = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  return node['Relation Name'] === undefined ? below : below + own;
}

/** Runs a statement on PostgreSQL, and counts the rows of tables that it looks at. */
export async function rowsLookedAt(url: string, { text, values }: Query): Promise<number> {
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  try {
    const { rows } = await connection.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
      [...values],
    );
    return rows.reduce((sum, row) => sum + rowsOf(row['QUERY PLAN'][0].Plan), 0);
  } finally {
    await connection.end();
  }
}
