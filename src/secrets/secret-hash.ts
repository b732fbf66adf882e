import { hash, timingSafeEqual } from 'node:crypto';
import { SECRET_HASH_MAX_LENGTH } from './client-secret.entity.js';
import { isImported, matchesImported } from './imported/imported-hash.js';
import { randomBytes } from './generated/random-bytes.js';
import { generateSecret, isGenerated } from './generated/secret-format.js';
import type { SecretHasher } from './secret-hasher.js';

/** Returns the digest in base64url: Node takes half as long to make a text of it as to make bytes. */
function sha256(salt: Buffer, secret: string): string {
  return hash('sha256', Buffer.concat([salt, Buffer.from(secret)]), 'base64url');
}

/**
 * Returns the stored form of a secret, which names its own algorithm: `$sha256$<salt>$<digest>` for a generated secret, otherwise
 * the form that the hasher makes. See docs/decisions/0004-digests-and-bcrypt.md.
 */
export async function hashSecret(secret: string, hasher: SecretHasher): Promise<string> {
  if (!isGenerated(secret)) return hasher.hash(secret);
  const salt = randomBytes(16);
  return `$sha256$${salt.toString('base64url')}$${sha256(salt, secret)}`;
}

function matchesDigest(secret: string, stored: string): boolean {
  const [, algorithm, salt = '', digest = ''] = stored.split('$');
  const expected = Buffer.from(digest);
  const actual = Buffer.from(sha256(Buffer.from(salt, 'base64url'), secret));
  return algorithm === 'sha256' && expected.length === actual.length && timingSafeEqual(actual, expected);
}

/** Up to this number of chosen secrets, a presented secret that matches none costs the same for every client. */
const MOST_COMPARED = 6;

/** Compares what a client presents with the stored forms of its secrets. */
export class SecretVerifier {
  /** Stored form of a secret that nobody knows. `#`, not `private`, hides it from `inspect`. */
  readonly #dummy: Promise<string>;
  /** The largest number of chosen secrets that a client had so far, at most {@link MOST_COMPARED}. */
  #compared = 1;

  /**
   * @param hasher makes the stored forms of chosen secrets
   * @param earlier hashers that compare the forms that `hasher` does not know, except imported ones. Default none
   */
  constructor(
    private readonly hasher: SecretHasher,
    private readonly earlier: readonly SecretHasher[] = [],
  ) {
    this.#dummy = hasher.hash(generateSecret(''));
    // `ready()` reports this failure; until it runs, avoid an unhandled rejection.
    this.#dummy.catch(() => undefined);
  }

  /**
   * Checks that the hasher works.
   *
   * @throws Error when the hasher fails, or when the form that it returns cannot be stored
   */
  async ready(): Promise<void> {
    const form = await this.#dummy;
    const isForm = typeof form === 'string' && form.length <= SECRET_HASH_MAX_LENGTH && !form.includes('\n');
    if (!isForm || form.startsWith('$sha256$') || isImported(form))
      throw new Error(
        `The secretHasher must return a line of at most ${SECRET_HASH_MAX_LENGTH} characters that begins with neither $sha256$ nor $ext$.`,
      );
  }

  /**
   * Finds the stored form that a presented secret matches.
   *
   * The presented secret is compared with the chosen ones. If none of them matches, comparisons with a dummy follow, up to the largest number of chosen secrets
   * of a client that this process has seen, and at most 6: an unknown client takes as long as a wrong secret.
   *
   * @param presented what a client presents, without the form of a generated secret
   * @param stored stored forms of the client's secrets
   * @returns the index in `stored`; -1 if none matches
   * @throws Error when the hasher fails
   */
  async find(presented: string, stored: readonly string[]): Promise<number> {
    const chosen = stored.filter((form) => !form.startsWith('$sha256$'));
    this.#compared = Math.max(this.#compared, Math.min(chosen.length, MOST_COMPARED));
    for (const form of chosen) if (await this.matches(presented, form)) return stored.indexOf(form);
    for (let count = chosen.length; count < this.#compared; count += 1)
      await this.hasher.matches(presented, await this.#dummy);
    return -1;
  }

  /** As {@link find}, for a presented secret with the form of a generated one: it is compared with digests only. */
  findGenerated(presented: string, stored: readonly string[]): number {
    return stored.findIndex((form) => matchesDigest(presented, form));
  }

  /** Returns whether the stored form was made from `presented`. Compares as {@link find} does, but without a dummy. */
  async isMadeFrom(form: string, presented: string): Promise<boolean> {
    if (isGenerated(presented)) return matchesDigest(presented, form);
    return !form.startsWith('$sha256$') && this.matches(presented, form);
  }

  private async matches(presented: string, form: string): Promise<boolean> {
    if (isImported(form)) return matchesImported(presented, form);
    for (const hasher of [this.hasher, ...this.earlier]) if (await hasher.matches(presented, form)) return true;
    return false;
  }
}
