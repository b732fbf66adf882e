import { createHash } from 'node:crypto';
import { networkOf } from '../access/refusals/source.js';
import { WindowCounts } from '../access/refusals/window-counts.js';
import type { SlowCheck } from '../secrets/secret-matcher.js';
import { tooManyGuesses } from './authentication-errors.js';

/** Maximum numbers of wrong secrets per minute, from one source, and from one source for one client. */
const MOST_OF_SOURCE = 300;
const MOST_FOR_CLIENT = 30;

/**
 * Counts wrong secrets, by source and by source and client, in the memory of this process. Unknown clients count as known ones do. A guess
 * counts from its beginning, so that each of many concurrent guesses counts, and no longer counts once it has proved right.
 */
export class Guesses {
  private readonly counts = new WindowCounts();

  /** Number of names that have a count. Public for tests. */
  get size(): number {
    return this.counts.size;
  }

  /**
   * Returns the check that counts the guess of one request.
   *
   * @param source address that the request came from
   * @returns `undefined`, so that nothing is counted, without a source or when it is not an address
   */
  of(clientId: string, source: string | undefined): SlowCheck | undefined {
    const network = source === undefined ? undefined : networkOf(source);
    if (network === undefined) return undefined;
    const pair = createHash('sha256')
      .update(JSON.stringify([network, clientId]))
      .digest('base64url');
    const bounds = [
      { name: network, most: MOST_OF_SOURCE },
      { name: pair, most: MOST_FOR_CLIENT },
    ];
    return {
      begin: () => {
        const wait = this.counts.waitFor(bounds);
        if (wait !== undefined) throw tooManyGuesses(wait);
        this.counts.add(bounds);
      },
      succeed: () => this.counts.remove(bounds),
    };
  }
}
