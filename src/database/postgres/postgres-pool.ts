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

/** Does nothing: the statement that a lost connection was working on fails by itself. */
function ignoreError(): void {}

/**
 * A connection of the pool, which the caller releases.
 *
 * @throws OAuthError 503 when no connection is to be had in time, for whatever reason
 */
export function checkOut(pool: Pool): Promise<PoolClient> {
  return pool.connect().catch((error: Error) => {
    throw OAuthError.unavailable(error);
  });
}
