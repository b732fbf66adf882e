import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import type { SlowCheck } from '../secrets/secret-matcher.js';
import { tooManyGuesses } from './authentication-errors.js';

/** Most sources, alone and with a client, that are counted; the one that was seen last longest ago makes room. */
const MOST = 50_000;
/** For how long wrong secrets count, in milliseconds. */
const WINDOW = 60_000;
/** Wrong secrets of one source within the window, and of one source for one client. */
const MOST_OF_SOURCE = 300;
const MOST_FOR_CLIENT = 30;

interface Count {
  guesses: number;
  /** When the window ends, in milliseconds since the epoch. */
  ends: number;
}

/**
 * Counts wrong secrets that cost bcrypt, by source and by source and client, in the memory of this process. Unknown clients count as known
 * ones do. A guess counts when it begins, so that many at one time are not one, and no longer once it has turned out right.
 */
export class Guesses {
  readonly #counts = new LRUCache<string, Count>({ max: MOST });

  /** How much is counted. Public so that tests can ask. */
  get size(): number {
    return this.#counts.size;
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
    const counted: [string, number][] = [
      [network, MOST_OF_SOURCE],
      [pair, MOST_FOR_CLIENT],
    ];
    return {
      begin: () => {
        const counts = counted.map(([name, most]) => ({ ...this.current(name), name, most }));
        const full = counts.find(({ guesses, most }) => guesses >= most);
        if (full) throw tooManyGuesses(Math.ceil((full.ends - Date.now()) / 1000));
        for (const { name, guesses, ends } of counts) this.#counts.set(name, { guesses: guesses + 1, ends });
      },
      succeed: () => {
        for (const [name] of counted) {
          const { guesses, ends } = this.current(name);
          this.#counts.set(name, { guesses: Math.max(0, guesses - 1), ends });
        }
      },
    };
  }

  private current(name: string): Count {
    const count = this.#counts.get(name);
    return count && count.ends > Date.now() ? count : { guesses: 0, ends: Date.now() + WINDOW };
  }
}

/** Who is counted as one: an address of IPv4, or a /64 of IPv6, which one caller usually has; `undefined` for what is no address. */
function networkOf(source: string): string | undefined {
  if (!ipaddr.isValid(source)) return undefined;
  const address = ipaddr.process(source);
  const text = address.toNormalizedString();
  return address.kind() === 'ipv6' ? text.split(':').slice(0, 4).join(':') : text;
}
