import type { Pool, PoolClient } from 'pg';
import { OAuthError } from '../../oauth-error/oauth-error.js';

/** Pools whose connections are listened to. */
const listened = new WeakSet<Pool>();

/**
 * Listens to every connection while it is checked out. The pool itself listens only to idle ones, and an error event without
 * a listener ends the process. When `connect` resolves it is too late: the bytes that were just read may hold the event.
 */
export function listenToConnections(pool: Pool): void {
  if (listened.has(pool)) return;
  listened.add(pool);
  pool.on('acquire', (connection) => connection.on('error', ignoreError));
  pool.on('release', (_, connection) => connection.off('error', ignoreError));
}

/** How many callers wait at most for a connection of one pool: about as many as are served in the time that each of them may wait. */
export const MOST_WAITING = 10_000;

/** 503: so many callers wait for the database that another would wait in vain. */
export function tooManyWait(): OAuthError {
  return OAuthError.unavailable(new Error(`${MOST_WAITING} callers already wait for a connection.`));
}

/** Does nothing: the statement that a lost connection was working on fails by itself. */
function ignoreError(): void {}

/**
 * A connection of the pool, which the caller releases.
 *
 * @throws OAuthError 503 when no connection is to be had in time, for whatever reason; at once when too many wait
 */
export async function checkOut(pool: Pool): Promise<PoolClient> {
  if (pool.waitingCount >= MOST_WAITING) throw tooManyWait();
  return pool.connect().catch((error: Error) => {
    throw OAuthError.unavailable(error);
  });
}
