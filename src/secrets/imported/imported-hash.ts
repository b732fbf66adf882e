import { argon2Form } from './argon2.form.js';
import { bcryptForm } from './bcrypt.form.js';
import type { ImportedForm } from './imported-form.js';
import { pbkdf2Form } from './pbkdf2.form.js';
import { scryptForm } from './scrypt.form.js';

/** Before a hash of another system in its stored form: a host's hasher may make hashes that look the same. */
const IMPORTED = '$ext';

const FORMS: readonly ImportedForm[] = [bcryptForm, pbkdf2Form, argon2Form, scryptForm];

function formOf(hash: string): ImportedForm | undefined {
  return FORMS.find(({ beginning }) => beginning.test(hash));
}

/**
 * Checks a hash of another system.
 *
 * @returns the predicate of a sentence that says why it is refused; `undefined` when it can be compared
 */
export async function importedHashFault(hash: string): Promise<string | undefined> {
  const form = formOf(hash);
  if (form) return form.faultOf(hash);
  return 'must be a hash by bcrypt ($2a, $2b, $2y), PBKDF2 ($pbkdf2-sha1, $pbkdf2-sha256, $pbkdf2-sha512), Argon2 ($argon2id, $argon2i) or scrypt ($scrypt)';
}

/** The stored form of a hash that has no fault: at most 128 characters. */
export function importedForm(hash: string): string {
  return IMPORTED + (formOf(hash)?.stored?.(hash) ?? hash);
}

/** Is it the stored form of an imported hash? */
export function isImported(stored: string): boolean {
  return stored.startsWith(`${IMPORTED}$`);
}

/**
 * Was the stored form of an imported hash made from `secret`?
 *
 * @returns false for a secret with NUL: PBKDF2 and scrypt take no notice of it at the end
 * @throws Error when the algorithm is not installed
 */
export async function matchesImported(secret: string, stored: string): Promise<boolean> {
  if (secret.includes('\0')) return false;
  const hash = stored.slice(IMPORTED.length);
  return formOf(hash)?.matches(secret, hash) ?? false;
}

/**
 * May the stored form of an imported hash be replaced by one that is made of `secret`, which matches it? Not when it leaves a part of
 * the secret out: then others match too, and one of them may be the client's.
 */
export function isReplaceable(stored: string, secret: string): boolean {
  if (!isImported(stored)) return false;
  const { bytes = Infinity } = formOf(stored.slice(IMPORTED.length)) ?? {};
  return Buffer.byteLength(secret) < bytes;
}
