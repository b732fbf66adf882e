import { createHash } from 'node:crypto';
import { networkOf } from '../access/refusals/source.js';
import { WindowCounts } from '../access/refusals/window-counts.js';
import type { SlowCheck } from '../secrets/secret-matcher.js';
import { tooManyGuesses } from './authentication-errors.js';

/** Wrong secrets of one source within a minute, and of one source for one client. */
const MOST_OF_SOURCE = 300;
const MOST_FOR_CLIENT = 30;

/**
 * Counts wrong secrets that cost bcrypt, by source and by source and client, in the memory of this process. Unknown clients count as known
 * ones do. A guess counts when it begins, so that many at one time are not one, and no longer once it has turned out right.
 */
export class Guesses {
  private readonly counts = new WindowCounts();

  /** How much is counted. Public so that tests can ask. */
  get size(): number {
    return this.counts.size;
  }

  /**
   * What is counted for one request.
   *
   * @param source address that the request came from
   * @returns `undefined` without a source, or with one that is no address: nothing is counted
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
