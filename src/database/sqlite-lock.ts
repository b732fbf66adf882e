import type { QueryRunner } from 'typeorm';
import { quotedTable } from './entity-tables.js';
import { retryWhileBusy } from './sqlite-busy.js';

/**
 * Takes SQLite's write lock up front, in the transaction that `runner` has begun: a transaction that reads before it writes
 * could otherwise fail with SQLITE_BUSY.
 */
export async function lockForWriting(runner: QueryRunner): Promise<void> {
  const { dataSource } = runner;
  // SQLite locks the file as a whole, so any table will do.
  const table = dataSource.entityMetadatas.find(({ tableType }) => tableType === 'regular');
  if (!table) return;
  const [{ timeout }] = (await runner.query('PRAGMA busy_timeout')) as [{ timeout: number }];
  // Waiting within SQLite would block the event loop.
  await runner.query('PRAGMA busy_timeout = 0');
  try {
    await retryWhileBusy(() => runner.query(`DELETE FROM ${quotedTable(dataSource, table)} WHERE 1 = 0`));
  } finally {
    await runner.query(`PRAGMA busy_timeout = ${timeout}`);
  }
}
