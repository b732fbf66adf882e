import type { Pool, PoolClient } from 'pg';
import { OAuthError } from '../../oauth-error/oauth-error.js';

/** Pools to whose connections this process already listens. */
const listened = new WeakSet<Pool>();

/**
 * Listens to every connection while it is checked out. The pool itself listens only to idle connections, and an error event without a
 * listener ends the process. Listening once `connect` resolves is too late: the bytes that were just read may cause the event.
 */
export function listenToConnections(pool: Pool): void {
  if (listened.has(pool)) return;
  listened.add(pool);
  pool.on('acquire', (connection) => connection.on('error', ignoreError));
  pool.on('release', (_, connection) => connection.off('error', ignoreError));
}

/** Most callers that wait for a connection of one pool: about as many as are served within the longest wait of one caller. */
export const MOST_WAITING = 10_000;

/** Returns a 503: so many callers wait for the database that another would wait in vain. */
export function tooManyWait(): OAuthError {
  return OAuthError.unavailable(new Error(`${MOST_WAITING} callers already wait for a connection.`));
}

/** Ignores an error event: the statement that runs on a lost connection fails by itself. */
function ignoreError(): void {}

/**
 * Checks out a connection of the pool; the caller must release it.
 *
 * @throws OAuthError 503 when no connection is available in time, for whatever reason; immediately when too many callers wait
 */
export async function checkOut(pool: Pool): Promise<PoolClient> {
  if (pool.waitingCount >= MOST_WAITING) throw tooManyWait();
  return pool.connect().catch((error: Error) => {
    throw OAuthError.unavailable(error);
  });
}
