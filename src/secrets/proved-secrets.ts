import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Most secrets that are remembered. */
const MOST = 10_000;
/** For how long a secret is remembered that nobody presents, in milliseconds. */
const IDLE = 600_000;

/**
 * Remembers which chosen secrets matched which stored forms, so that each costs its slow hash only once a process. It holds neither: only
 * an HMAC of both, under a key that ends with the process. What did not match is never remembered.
 */
export class ProvedSecrets {
  readonly #key = randomBytes(32);
  readonly #proved = new LRUCache<string, true>({ max: MOST, ttl: IDLE, updateAgeOnGet: true });

  /** How many secrets are remembered. */
  get size(): number {
    return this.#proved.size;
  }

  /**
   * The stored form that a secret is known to match.
   *
   * @returns its index; -1 when none is known
   */
  find(presented: string, stored: readonly string[]): number {
    if (this.size === 0) return -1;
    return stored.findIndex((form) => this.#proved.get(this.nameOf(presented, [form])) === true);
  }

  /** Remembers that a secret matches a stored form. */
  add(presented: string, form: string): void {
    this.#proved.set(this.nameOf(presented, [form]), true);
  }

  /** What stands for a secret and other texts: equal for equal ones, and of no use to whoever reads it. */
  nameOf(presented: string, texts: readonly string[]): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([presented, ...texts]))
      .digest('base64url');
  }
}
