import type { QueryRunner } from 'typeorm';
import { retryWhileBusy } from './sqlite-busy.js';

/**
 * Begins the transaction of migrations as the one writer of the file. TypeORM begins transactions that read first, which then
 * could not become writers once another process has written.
 */
export async function beginMigrations(runner: QueryRunner): Promise<void> {
  // Waiting within SQLite would block the event loop.
  await runner.query('PRAGMA busy_timeout = 0');
  await runner.startTransaction();
  await runner.query('COMMIT');
  await retryWhileBusy(() => runner.query('BEGIN IMMEDIATE'));
}
