import type { Pool } from 'pg';
import { limitOf, type Limit } from '../../concurrency/limit.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { MOST_WAITING, tooManyWait } from './postgres-pool.js';

/** How many connections of a pool changes leave to reads, where it has as many and one more. */
const LEFT_TO_READS = 2;

const shares = new WeakMap<Pool, Limit>();

function shareOf(pool: Pool): Limit {
  const share = shares.get(pool) ?? limitOf(Math.max(1, pool.options.max - LEFT_TO_READS));
  shares.set(pool, share);
  return share;
}

/**
 * Does a change while it has one of the connections that changes may take. Changes can be stuck together, behind locks or a
 * standby that does not answer; reads then find a connection all the same. Waits as long as the pool lets anyone wait.
 *
 * @param signal when it is aborted before that, the change is not made. Default none
 * @throws OAuthError 503 when no connection became free for it in time, at once when too many wait; the signal's reason
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
