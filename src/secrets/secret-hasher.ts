import { createHash } from 'node:crypto';
import { compare, hash } from 'bcrypt';

/** bcrypt reads no further than this. */
const BCRYPT_MAX_BYTES = 72;
const DIGESTED = '$bcrypt-sha256$';

/** Longest stored form of a secret, in characters. */
export const STORED_MAX_LENGTH = 128;

/**
 * How secrets that callers choose are stored and compared. A host may bring its own, such as one for Argon2; generated
 * secrets are random and long, and are always stored as a salted SHA-256.
 */
export interface SecretHasher {
  /**
   * The stored form of a secret: salted, at most 128 characters, and naming its own algorithm as `$2b$…` and `$argon2id$…`
   * do, so that forms of an earlier hasher are still told apart. Not `$sha256$`.
   *
   * @param secret what the caller chose, 6 to 1,024 bytes
   */
  hash: (secret: string) => Promise<string>;
  /**
   * Was `stored` made from `secret`? False for a form that is not this hasher's.
   *
   * @param secret what somebody presents
   * @param stored the form of a secret, of this hasher or an earlier one
   */
  matches: (secret: string, stored: string) => Promise<boolean>;
}

/** SHA-256 in base64: within bcrypt's limit and free of NUL, at which bcrypt would stop. */
function digested(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

/** `$2b$…`; for a secret of more than 72 bytes, which is digested first, `$bcrypt-sha256$2b$…`. */
export class BcryptHasher implements SecretHasher {
  /** @param cost the binary logarithm of bcrypt's rounds */
  constructor(private readonly cost: number) {}

  async hash(secret: string): Promise<string> {
    if (Buffer.byteLength(secret) <= BCRYPT_MAX_BYTES) return hash(secret, this.cost);
    return DIGESTED + (await hash(digested(secret), this.cost)).slice(1);
  }

  /** The stored form decides whether the secret is digested first, never the length of what is presented. */
  async matches(secret: string, stored: string): Promise<boolean> {
    if (stored.startsWith(DIGESTED)) return compare(digested(secret), `$${stored.slice(DIGESTED.length)}`);
    // bcrypt would take a longer one for the secret that it begins with.
    return (await compare(secret, stored)) && Buffer.byteLength(secret) <= BCRYPT_MAX_BYTES;
  }
}
