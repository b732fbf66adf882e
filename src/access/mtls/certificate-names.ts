import type { X509Certificate } from 'node:crypto';
import { parseOrUndefined } from '../../json/json-text.js';
import { normalName, normalSubject } from './distinguished-name.js';

/** Kinds of names that identify a certificate: its subject (RFC 4514), or a subject alternative name (RFC 5280 §4.2.1.6). */
export const NAME_KINDS = ['subject', 'dns', 'uri', 'email'] as const;

/** One of the {@link NAME_KINDS}. */
export type NameKind = (typeof NAME_KINDS)[number];

/** The kinds of subject alternative names, by their labels in `X509Certificate` of `node:crypto`. */
const KINDS: Record<string, NameKind> = { DNS: 'dns', URI: 'uri', email: 'email' };

/** One subject alternative name; one with a comma or another unusual character is a JSON string. */
const ALTERNATIVE = /(?:^|, )([^:]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/**
 * Returns a name of a certificate as a text that is equal for equal names.
 *
 * @returns `undefined` for a subject that is not a distinguished name
 */
export function keyOf(kind: NameKind, name: string): string | undefined {
  const normal = kind === 'subject' ? normalName(name) : kind === 'dns' ? name.toLowerCase() : name;
  return normal && `${kind}:${normal}`;
}

/** Returns the keys of all names of a certificate, see {@link keyOf}. */
export function keysOf({ subject, subjectAltName }: Pick<X509Certificate, 'subject' | 'subjectAltName'>): Set<string> {
  const keys = Array.from((subjectAltName ?? '').matchAll(ALTERNATIVE), ([, kind = '', text = '']) => {
    const name = text.startsWith('"') ? parseOrUndefined(text) : text;
    return KINDS[kind] && keyOf(KINDS[kind], String(name));
  });
  // A certificate without a subject has an empty name, or none at all.
  const own = (subject as string | undefined) && normalSubject(subject);
  return new Set([own && `subject:${own}`, ...keys].flatMap((key) => key || []));
}
