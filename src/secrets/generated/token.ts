import { hash } from 'node:crypto';
import { generateSecret, type TokenPrefix } from './secret-format.js';

/**
 * A token that the registry issues, at the only moment when its clear text is known.
 *
 * @inline
 */
export interface IssuedToken {
  /** The token as its holder presents it. */
  clear: string;
  /** See {@link tokenDigest}. */
  digest: string;
}

/** Issues a new token: its prefix, at least 256 random bits, and a checksum. Nothing is stored yet. */
export function issueToken(prefix: TokenPrefix): IssuedToken {
  const clear = generateSecret(prefix);
  return { clear, digest: tokenDigest(clear) };
}

/** Returns the SHA-256 of a token in hexadecimal (64 characters): the only form that is stored. */
export function tokenDigest(clear: string): string {
  return hash('sha256', clear);
}
