import type { Pool } from 'pg';
import { limitOf, type Limit } from '../../concurrency/limit.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { MOST_WAITING, tooManyWait } from './postgres-pool.js';

/** Connections of a pool that changes leave to reads, if the pool is larger than this. */
const LEFT_TO_READS = 2;

const shares = new WeakMap<Pool, Limit>();

function shareOf(pool: Pool): Limit {
  const share = shares.get(pool) ?? limitOf(Math.max(1, pool.options.max - LEFT_TO_READS));
  shares.set(pool, share);
  return share;
}

/**
 * Runs a change when one of the connections that changes may use is free. All changes can be stuck, behind locks or a standby that
 * does not answer; reads still find a connection. A change waits no longer than the pool's time-out for a connection.
 *
 * @param signal discards the change if it is aborted before the change begins. Default none
 * @throws OAuthError 503 when no connection became free in time, or immediately when too many changes wait; the signal's reason
 */
export function inShareOfChanges<T>(pool: Pool, change: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const share = shareOf(pool);
  if (share.waiting >= MOST_WAITING) return Promise.reject(tooManyWait());
  const { connectionTimeoutMillis: patience = 0 } = pool.options;
  let isLate = false;
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => {
      isLate = true;
      reject(OAuthError.unavailable(new Error('No connection became free for a change in time.')));
    };
    const timer = patience > 0 ? setTimeout(giveUp, patience) : undefined;
    const begin = async (): Promise<void> => {
      clearTimeout(timer);
      if (isLate) return;
      signal?.throwIfAborted();
      resolve(await change());
    };
    share(begin).catch(reject);
  });
}
