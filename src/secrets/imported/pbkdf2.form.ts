import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { partsFault, partsOf, shortened } from './hash-parts.js';
import type { ImportedForm } from './imported-form.js';

const derive = promisify(pbkdf2);
const BEGINNING = /^\$pbkdf2-(sha1|sha256|sha512)\$/;
const BOUNDS = {
  i: [1, 2_000_000, 'a number of rounds'],
  l: [16, 64, 'a length of the digest'],
} as const;

/** PBKDF2 (RFC 8018 §5.2) as Ory Hydra writes it: `$pbkdf2-sha256$i=25000,l=32$salt$digest`. */
export const pbkdf2Form: ImportedForm = {
  beginning: BEGINNING,
  faultOf: (hash) => {
    const fault = partsFault(hash, BOUNDS, '$pbkdf2-sha256$i=25000,l=32$salt$digest');
    const parts = fault === undefined ? partsOf(hash, BOUNDS) : undefined;
    return parts && parts.digest.length !== parts.numbers.l
      ? `must have a digest of as many bytes as l says, ${parts.numbers.l}; it has ${parts.digest.length}`
      : fault;
  },
  // RFC 8018 §5.2: a shorter output is the beginning of a longer one.
  stored: shortened,
  matches: async (secret, hash) => {
    const [, algorithm] = BEGINNING.exec(hash) ?? [];
    const parts = partsOf(hash, BOUNDS);
    if (algorithm === undefined || !parts) return false;
    const { numbers, salt, digest } = parts;
    return timingSafeEqual(await derive(secret, salt, numbers.i, digest.length, algorithm), digest);
  },
};
