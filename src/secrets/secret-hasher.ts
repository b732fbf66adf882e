import { createHash } from 'node:crypto';
import { compare, hash } from 'bcrypt';

/** bcrypt ignores everything after this many bytes. */
const BCRYPT_MAX_BYTES = 72;
const DIGESTED = '$bcrypt-sha256$';

/**
 * Hashes and compares secrets that callers choose. A host can provide its own hasher, such as one for Argon2. Generated secrets
 * are long and random, and are always stored as a salted SHA-256.
 */
export interface SecretHasher {
  /**
   * Returns the stored form of a secret: a line of at most 128 characters, salted, and beginning with the name of its algorithm, as
   * `$2b$…` and `$argon2id$…` do, so that forms of different hashers can be distinguished. It must begin with neither
   * `$sha256$` nor `$ext$`.
   *
   * @param secret the secret that a caller chose, 6 to 1,024 bytes
   */
  hash: (secret: string) => Promise<string>;
  /**
   * Returns whether `stored` was made from `secret`; false for a form that this hasher does not know.
   *
   * @param secret what a client presents
   * @param stored the stored form of a secret, made by this hasher or by an earlier one
   */
  matches: (secret: string, stored: string) => Promise<boolean>;
}

/** Returns the SHA-256 in base64: within bcrypt's limit, and free of NUL, at which bcrypt would stop. */
function digested(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

/** bcrypt: `$2b$…`. A secret of more than 72 bytes is digested first, and its form is `$bcrypt-sha256$2b$…`. */
export class BcryptHasher implements SecretHasher {
  /** @param cost binary logarithm of the number of bcrypt's rounds */
  constructor(private readonly cost: number) {}

  /** Returns the stored form of a secret. */
  async hash(secret: string): Promise<string> {
    if (Buffer.byteLength(secret) <= BCRYPT_MAX_BYTES) return hash(secret, this.cost);
    return DIGESTED + (await hash(digested(secret), this.cost)).slice(1);
  }

  /** Returns whether `stored` was made from `secret`. The stored form, not the length of `secret`, decides whether it is digested first. */
  async matches(secret: string, stored: string): Promise<boolean> {
    if (stored.startsWith(DIGESTED)) return compare(digested(secret), `$${stored.slice(DIGESTED.length)}`);
    // bcrypt ignores everything after 72 bytes, so it would accept a right secret of 72 bytes with anything appended.
    return (await compare(secret, stored)) && Buffer.byteLength(secret) <= BCRYPT_MAX_BYTES;
  }
}
