import { createHash } from 'node:crypto';
import { generateSecret, TOKEN_PREFIX } from './secret-format.js';

/**
 * A registration access token (RFC 7592 §1.2) at the only moment at which it is known in clear.
 *
 * @inline
 */
export interface RegistrationToken {
  /** The token as the client presents it. */
  clear: string;
  /** SHA-256 of the token in hexadecimal (64 characters): the only form that is stored. */
  digest: string;
}

/** Issues a new registration access token: `oart_`, at least 256 random bits, a checksum. Nothing is stored yet. */
export function issueRegistrationToken(): RegistrationToken {
  const clear = generateSecret(TOKEN_PREFIX);
  return { clear, digest: createHash('sha256').update(clear).digest('hex') };
}
