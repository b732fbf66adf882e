import type { QueryRunner } from 'typeorm';
import { retryWhileBusy } from './sqlite-busy.js';

/**
 * Begins the transaction of migrations with SQLite's write lock. TypeORM's own transaction takes no lock before it writes: after a
 * read, it could not take the lock if another process has written meanwhile.
 */
export async function beginMigrations(runner: QueryRunner): Promise<void> {
  // Waiting within SQLite would block the event loop.
  await runner.query('PRAGMA busy_timeout = 0');
  await runner.startTransaction();
  await runner.query('COMMIT');
  await retryWhileBusy(() => runner.query('BEGIN IMMEDIATE'));
}
