import { optionalPackage } from '../../packages/optional-package.js';
import { partsFault, partsOf } from './hash-parts.js';
import { MOST_MEMORY, type ImportedForm } from './imported-form.js';

const PACKAGE = '@node-rs/argon2';
/** The only version in RFC 9106 §3.1. */
const VERSION = /^(\$argon2id?)\$v=19\$/;
const BOUNDS = {
  m: [8, MOST_MEMORY / 1024, 'a number of KiB of memory'],
  t: [1, 16, 'a number of passes'],
  p: [1, 16, 'a parallelism'],
} as const;
const FORM = '$argon2id$v=19$m=19456,t=2,p=1$salt$digest';

function library() {
  return optionalPackage(PACKAGE, () => import('@node-rs/argon2'));
}

/** Argon2id and Argon2i (RFC 9106), in the form of the reference implementation. They require the package `@node-rs/argon2`. */
export const argon2Form: ImportedForm = {
  beginning: /^\$argon2id?\$/,
  faultOf: async (hash) => {
    const plain = hash.replace(VERSION, '$1$');
    const fault = partsFault(plain === hash ? '' : plain, BOUNDS, FORM, 32);
    const parts = fault === undefined ? partsOf(plain, BOUNDS) : undefined;
    // RFC 9106 §3.1.
    if (parts && parts.numbers.m < 8 * parts.numbers.p)
      return 'must have at least 8 KiB of memory (m) for each lane (p)';
    if (fault !== undefined || (await library())) return fault;
    return `cannot be compared: install the package ${PACKAGE} beside the registry, or let the secret be hashed by bcrypt, PBKDF2 or scrypt`;
  },
  matches: async (secret, hash) => {
    const argon2 = await library();
    if (!argon2) throw new Error(`The secret of a client is stored by Argon2: install the package ${PACKAGE}.`);
    return argon2.verify(hash, secret);
  },
};
