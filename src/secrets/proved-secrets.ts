import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Most secrets that are remembered. */
const MOST = 10_000;
/** How long a secret is remembered after it was last presented, in milliseconds. */
const IDLE = 600_000;

/**
 * Remembers which chosen secrets matched which stored forms, so that each costs its slow hash only once per process. It holds neither, only
 * an HMAC of both, under a random key that lives only as long as the process. Pairs that did not match are never remembered.
 */
export class ProvedSecrets {
  readonly #key = randomBytes(32);
  readonly #proved = new LRUCache<string, true>({ max: MOST, ttl: IDLE, updateAgeOnGet: true });

  /** How many secrets are remembered. */
  get size(): number {
    return this.#proved.size;
  }

  /**
   * Finds the stored form that a secret is known to match.
   *
   * @returns its index; -1 when no match is known
   */
  find(presented: string, stored: readonly string[]): number {
    if (this.size === 0) return -1;
    return stored.findIndex((form) => this.#proved.get(this.nameOf(presented, [form])) === true);
  }

  /** Remembers that a secret matches a stored form. */
  add(presented: string, form: string): void {
    this.#proved.set(this.nameOf(presented, [form]), true);
  }

  /** Returns a digest of a secret and other texts: equal for equal texts, and useless to anyone who reads it. */
  nameOf(presented: string, texts: readonly string[]): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([presented, ...texts]))
      .digest('base64url');
  }
}
