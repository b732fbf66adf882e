import { argon2Form } from './argon2.form.js';
import { bcryptForm } from './bcrypt.form.js';
import type { ImportedForm } from './imported-form.js';
import { pbkdf2Form } from './pbkdf2.form.js';
import { scryptForm } from './scrypt.form.js';

/** Prefix of the stored form of another system's hash: a host's own hasher may make hashes that look the same. */
const IMPORTED = '$ext';

const FORMS: readonly ImportedForm[] = [bcryptForm, pbkdf2Form, argon2Form, scryptForm];

function formOf(hash: string): ImportedForm | undefined {
  return FORMS.find(({ beginning }) => beginning.test(hash));
}

/**
 * Checks a hash of another system.
 *
 * @returns the predicate of a sentence that says why the hash is rejected; `undefined` when secrets can be compared with it
 */
export async function importedHashFault(hash: string): Promise<string | undefined> {
  const form = formOf(hash);
  if (form) return form.faultOf(hash);
  return 'must be a hash by bcrypt ($2a, $2b, $2y), PBKDF2 ($pbkdf2-sha1, $pbkdf2-sha256, $pbkdf2-sha512), Argon2 ($argon2id, $argon2i) or scrypt ($scrypt)';
}

/** Returns the stored form of a hash without a fault: at most 128 characters. */
export function importedForm(hash: string): string {
  return IMPORTED + (formOf(hash)?.stored?.(hash) ?? hash);
}

/** Whether a stored form is that of an imported hash. */
export function isImported(stored: string): boolean {
  return stored.startsWith(`${IMPORTED}$`);
}

/**
 * Returns whether the stored form of an imported hash was made from `secret`.
 *
 * @returns false for a secret with NUL: PBKDF2 and scrypt ignore a NUL at the end
 * @throws Error when the algorithm is not installed
 */
export async function matchesImported(secret: string, stored: string): Promise<boolean> {
  if (secret.includes('\0')) return false;
  const hash = stored.slice(IMPORTED.length);
  return formOf(hash)?.matches(secret, hash) ?? false;
}

/**
 * Whether the stored form of an imported hash can be replaced by one made from `secret`, which matches it. It cannot when the algorithm
 * may ignore a part of the secret: other secrets then match too, and one of them may be the client's.
 */
export function isReplaceable(stored: string, secret: string): boolean {
  if (!isImported(stored)) return false;
  const { bytes = Infinity } = formOf(stored.slice(IMPORTED.length)) ?? {};
  return Buffer.byteLength(secret) < bytes;
}
