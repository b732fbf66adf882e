import { availableParallelism } from 'node:os';
import { limitOf, type Limit } from '../concurrency/limit.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { part } from '../telemetry/spans.js';

/** How much work runs at the same time: bcrypt runs on libuv's few threads, which DNS and file access need too. */
const SIZE = availableParallelism();
/** How much work can wait: about as much as is done in five seconds at the default cost. Further callers get a 503. */
const MOST_WAITING = 100 * SIZE;

/** Queues slow work with chosen secrets. */
export class SlowTurns {
  /** The work that runs, and the work that waits for its turn. */
  readonly limit: Limit = limitOf(SIZE);

  /**
   * Runs work when its turn has come.
   *
   * @param name name of its span
   * @param signal discards the work if it is aborted before the work's turn. Default none
   * @throws OAuthError 503 immediately when too much work waits; the signal's reason
   */
  async take<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.limit.waiting >= MOST_WAITING)
      throw OAuthError.unavailable(new Error('Too many secrets wait to be hashed or compared.'));
    return this.limit(() => {
      signal?.throwIfAborted();
      return part(name, work);
    });
  }
}
