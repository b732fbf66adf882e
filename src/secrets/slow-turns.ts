import { availableParallelism } from 'node:os';
import { limitOf, type Limit } from '../concurrency/limit.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { part } from '../telemetry/spans.js';

/** How much runs at one time: bcrypt runs on libuv's few threads, which DNS and files need too. */
const SIZE = availableParallelism();
/** How much waits at most: about what is done in five seconds at the default cost. Whoever comes then is told to come later. */
const MOST_WAITING = 100 * SIZE;

/** Turns of slow work with chosen secrets. */
export class SlowTurns {
  /** What runs, and what waits for its turn. */
  readonly limit: Limit = limitOf(SIZE);

  /**
   * Does work when its turn has come.
   *
   * @param name of its span
   * @param signal when it is aborted before the turn has come, the work is not begun. Default none
   * @throws OAuthError 503 at once when too much waits; the signal's reason
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
