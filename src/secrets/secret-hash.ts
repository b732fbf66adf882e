import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { compare, genSalt, hash as bcrypt } from 'bcrypt';
import { isGenerated, SECRET_PREFIX } from './secret-format.js';

/** bcrypt reads no further than this. */
const BCRYPT_MAX_BYTES = 72;
const DIGESTED = '$bcrypt-sha256$';

function sha256(...parts: (string | Buffer)[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/**
 * The stored form of a secret, which names its own algorithm: `$sha256$<salt>$<digest>` for a generated one, whose length
 * needs no stretching (NIST SP 800-63B asks for it where secrets can be guessed); `$2b$…` for a chosen one, `$bcrypt-sha256$2b$…` for a chosen one of
 * more than 72 bytes, which is digested first.
 *
 * @param cost bcrypt's cost, the binary logarithm of its rounds
 */
export async function hashSecret(secret: string, cost: number): Promise<string> {
  if (isGenerated(secret)) {
    const salt = randomBytes(16);
    return `$sha256$${salt.toString('base64url')}$${sha256(salt, secret).toString('base64url')}`;
  }
  if (Buffer.byteLength(secret) <= BCRYPT_MAX_BYTES) return bcrypt(secret, cost);
  return DIGESTED + (await bcrypt(digested(secret), cost)).slice(1);
}

/** SHA-256 in base64: within bcrypt's limit and free of NUL, at which bcrypt would stop. */
function digested(secret: string): string {
  return sha256(secret).toString('base64');
}

function matchesDigest(secret: string, stored: string): boolean {
  const [, algorithm, salt = '', digest = ''] = stored.split('$');
  const expected = Buffer.from(digest, 'base64url');
  const actual = sha256(Buffer.from(salt, 'base64url'), secret);
  return algorithm === 'sha256' && expected.length === actual.length && timingSafeEqual(actual, expected);
}

/** The stored form decides whether the secret is digested first, never the length of what is presented. */
async function matchesBcrypt(secret: string, stored: string): Promise<boolean> {
  if (stored.startsWith(DIGESTED)) return compare(digested(secret), `$${stored.slice(DIGESTED.length)}`);
  // bcrypt would take a longer one for the secret that it begins with.
  return (await compare(secret, stored)) && Buffer.byteLength(secret) <= BCRYPT_MAX_BYTES;
}

/** Compares what a client presents with the stored forms of its secrets. */
export class SecretVerifier {
  /** Private to the language, not only to the compiler: no `inspect` shows it. */
  readonly #dummy: Promise<string>;

  constructor(cost: number) {
    this.#dummy = genSalt(cost).then((salt) => bcrypt('', salt));
  }

  /**
   * Which of the secrets in `stored` is `presented`? Its place, or -1.
   *
   * What is presented decides the path, and so the time: with our prefix only digests are compared; without it every
   * chosen secret is, or a dummy where there is none, so that an unknown client costs what a wrong secret costs.
   */
  async find(presented: string, stored: readonly string[]): Promise<number> {
    if (presented.startsWith(SECRET_PREFIX)) return stored.findIndex((form) => matchesDigest(presented, form));
    let found = -1;
    let compared = false;
    for (const [at, form] of stored.entries()) {
      if (form.startsWith('$sha256$')) continue;
      compared = true;
      if ((await matchesBcrypt(presented, form)) && found < 0) found = at;
    }
    if (!compared) await compare(presented, await this.#dummy);
    return found;
  }
}
