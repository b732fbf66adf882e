import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { generateSecret, isGenerated } from './secret-format.js';
import { STORED_MAX_LENGTH, type SecretHasher } from './secret-hasher.js';

function sha256(...parts: (string | Buffer)[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/**
 * The stored form of a secret, which names its own algorithm: `$sha256$<salt>$<digest>` for a generated one, whose length
 * needs no stretching (NIST SP 800-63B asks for it where secrets can be guessed); the hasher's for a chosen one.
 */
export async function hashSecret(secret: string, hasher: SecretHasher): Promise<string> {
  if (!isGenerated(secret)) return hasher.hash(secret);
  const salt = randomBytes(16);
  return `$sha256$${salt.toString('base64url')}$${sha256(salt, secret).toString('base64url')}`;
}

function matchesDigest(secret: string, stored: string): boolean {
  const [, algorithm, salt = '', digest = ''] = stored.split('$');
  const expected = Buffer.from(digest, 'base64url');
  const actual = sha256(Buffer.from(salt, 'base64url'), secret);
  return algorithm === 'sha256' && expected.length === actual.length && timingSafeEqual(actual, expected);
}

/** Compares what a client presents with the stored forms of its secrets. */
export class SecretVerifier {
  /** Private to the language, not only to the compiler: no `inspect` shows it. */
  readonly #dummy: Promise<string>;

  /**
   * @param hasher makes the stored forms of chosen secrets
   * @param earlier knows forms that `hasher` does not
   */
  constructor(
    private readonly hasher: SecretHasher,
    private readonly earlier: readonly SecretHasher[] = [],
  ) {
    this.#dummy = hasher.hash(generateSecret(''));
    // Told by `ready`; until then it is nobody's fault.
    this.#dummy.catch(() => undefined);
  }

  /** @throws Error when the hasher does not work */
  async ready(): Promise<void> {
    const form = await this.#dummy;
    if (typeof form !== 'string' || form.length > STORED_MAX_LENGTH || form.startsWith('$sha256$'))
      throw new Error(
        `The secretHasher must give a text of at most ${STORED_MAX_LENGTH} characters that does not begin with $sha256$.`,
      );
  }

  /**
   * Which of the secrets in `stored` is `presented`? Its place, or -1.
   *
   * What is presented decides the path, and so the time: what was generated is compared with digests only; otherwise every
   * chosen secret is, or a dummy where there is none, so that an unknown client costs what a wrong secret costs.
   */
  async find(presented: string, stored: readonly string[]): Promise<number> {
    if (isGenerated(presented)) return stored.findIndex((form) => matchesDigest(presented, form));
    let found = -1;
    let compared = false;
    for (const [at, form] of stored.entries()) {
      if (form.startsWith('$sha256$')) continue;
      compared = true;
      if ((await this.matches(presented, form)) && found < 0) found = at;
    }
    if (!compared) await this.hasher.matches(presented, await this.#dummy);
    return found;
  }

  private async matches(presented: string, form: string): Promise<boolean> {
    for (const hasher of [this.hasher, ...this.earlier]) if (await hasher.matches(presented, form)) return true;
    return false;
  }
}
