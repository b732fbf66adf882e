import { setTimeout as sleep } from 'node:timers/promises';
import { QueryFailedError, type QueryRunner } from 'typeorm';
import { codeOf } from '../sql/unavailable.js';

/** How long a write waits for another transaction, in milliseconds. */
export const BUSY_TIMEOUT = 10_000;
/** Interval at which a waiting write checks whether the other transaction has ended, in milliseconds. */
export const BUSY_INTERVAL = 5;

/** A transaction of this process is in the way, or too many changes already wait for the writer. */
export class BusyError extends Error {
  readonly code = 'SQLITE_BUSY';
}

/** Whether a statement failed because another transaction is in the way. */
export function isBusy(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof Error && codeOf(cause).startsWith('SQLITE_BUSY');
}

/**
 * Retries while another transaction is in the way, for at most ten seconds. It never blocks the event loop: the transaction in
 * the way may be this process's own.
 *
 * @returns what `attempt` returns
 * @throws what `attempt` throws for another reason, and the last busy error when the time is up
 */
export async function retryWhileBusy<T>(attempt: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + BUSY_TIMEOUT;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw error;
    }
    await sleep(BUSY_INTERVAL);
  }
}

/**
 * Takes SQLite's write lock up front, in the transaction that `runner` has begun: a transaction that reads before it writes
 * could otherwise fail with SQLITE_BUSY.
 *
 * @param table a table of the file to lock, quoted
 */
export async function lockForWriting(runner: QueryRunner, table: string): Promise<void> {
  const [{ timeout }] = (await runner.query('PRAGMA busy_timeout')) as [{ timeout: number }];
  // Waiting within SQLite would block the event loop.
  await runner.query('PRAGMA busy_timeout = 0');
  try {
    await retryWhileBusy(() => runner.query(`DELETE FROM ${table} WHERE 1 = 0`));
  } finally {
    await runner.query(`PRAGMA busy_timeout = ${timeout}`);
  }
}
