import { scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { partsFault, partsOf, shortened } from './hash-parts.js';
import { MOST_MEMORY, type ImportedForm } from './imported-form.js';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const BOUNDS = {
  ln: [1, 20, 'a binary logarithm of rounds'],
  r: [1, 64, 'a block size'],
  p: [1, 4, 'a parallelism'],
} as const;

/** scrypt (RFC 7914) as Passlib writes it: `$scrypt$ln=15,r=8,p=1$salt$digest`. */
export const scryptForm: ImportedForm = {
  beginning: /^\$scrypt\$/,
  faultOf: (hash) => {
    const fault = partsFault(hash, BOUNDS, '$scrypt$ln=15,r=8,p=1$salt$digest');
    const parts = fault === undefined ? partsOf(hash, BOUNDS) : undefined;
    if (!parts) return fault;
    const { ln, r } = parts.numbers;
    // RFC 7914 §2.
    if (ln >= 16 * r) return 'must have a binary logarithm of rounds (ln) of less than 16 times the block size (r)';
    return 128 * r * 2 ** ln > MOST_MEMORY
      ? 'must not need more than 64 MiB of memory, which is 128 bytes times r times 2 to the power of ln'
      : undefined;
  },
  // RFC 7914 §6: the output comes from PBKDF2, so a shorter digest is the beginning of a longer one.
  stored: shortened,
  matches: async (secret, hash) => {
    const parts = partsOf(hash, BOUNDS);
    if (!parts) return false;
    const { numbers, salt, digest } = parts;
    // Node also counts the memory of the `p` parallel blocks.
    const options = { N: 2 ** numbers.ln, r: numbers.r, p: numbers.p, maxmem: 2 * MOST_MEMORY };
    return timingSafeEqual(await derive(secret, salt, digest.length, options), digest);
  },
};
