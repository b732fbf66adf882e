import { setTimeout as sleep } from 'node:timers/promises';

/** How long a write waits for another connection's transaction, and how often it looks, in milliseconds. */
const TIMEOUT = 10_000;
const INTERVAL = 5;

/** Is another connection's transaction in the way? */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

/**
 * Tries until it succeeds, without blocking: what is in the way may be this process's own.
 *
 * @param attempt tells whether it succeeded; told that it is the last one, it throws what is in the way
 */
export async function untilFree(attempt: (last: boolean) => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT;
  while (!(await attempt(Date.now() >= deadline))) await sleep(INTERVAL);
}
