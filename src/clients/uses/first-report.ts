import { prepared, preparedText } from '../../database/sql/change-texts.js';
import type { Executor, PreparedDatabase, Query } from '../../database/sql/prepared-database.js';
import { FirstReport, ONLY_REPORT } from './first-report.entity.js';

/**
 * Prepares the insert that stores since when uses of clients are known, unless that is already stored.
 *
 * @returns a function that returns the statement with the current time
 */
export function firstReport(database: PreparedDatabase): () => Query {
  const insert = prepared(
    'first_report',
    preparedText(
      database.dialect,
      (place) =>
        `INSERT INTO ${database.table(FirstReport)} (id, reported_at) VALUES (${ONLY_REPORT}, ${place('now')}) ON CONFLICT (id) DO NOTHING`,
    ),
  );
  return () => insert({ now: new Date().toISOString() });
}

/**
 * Reads since when uses of clients are known.
 *
 * @returns the time as it is stored; `undefined` while no use was ever written
 */
export async function reportedSince(database: PreparedDatabase, executor: Executor): Promise<string | undefined> {
  const text = `SELECT reported_at AS "reportedAt" FROM ${database.table(FirstReport)}`;
  return (await executor.row<Pick<FirstReport, 'reportedAt'>>({ text, values: [] }))?.reportedAt;
}
