import ipaddr from 'ipaddr.js';
import { certifiedKey, isSameKey } from '../../clients/metadata/values/key-certificates.js';
import type { Jwk } from '../../clients/metadata/values/key-kinds.js';
import { keyKindFault } from '../../clients/metadata/values/key-set.js';
import type { CertificateName } from '../../clients/metadata/certificate-names.js';
import { encodedNameKey, subjectNameKey } from '../../clients/metadata/names/subject-name.js';
import { hasStrongKey, type Certificate } from './certificate.js';

/** Longest subject that is compared, in characters: longer than any registered subject, even when every character is escaped. */
const MAX_SUBJECT = 4096;

/** The library's names for the kinds of subject alternative names. */
const KINDS = { dns: 'dns', uri: 'url', ip: 'ip', email: 'email' } as const;

/** Normal forms, in which equal names of a kind are equal texts; a malformed text stays as it is. */
const FORMS: Record<keyof typeof KINDS, (text: string) => string> = {
  dns: (text) => text.toLowerCase(),
  uri: (text) => text,
  ip: (text) => (ipaddr.isValid(text) ? ipaddr.parse(text).toNormalizedString() : text),
  // RFC 5280 §7.5: the domain is not case-sensitive, the local part is.
  email: (text) => text.replace(/@[^@]*$/, (domain) => domain.toLowerCase()),
};

/** Whether a certificate has the name that its client has registered (RFC 8705 §2.1); it may also have others. */
export function hasName({ subject, names }: Certificate, { kind, value }: CertificateName): boolean {
  if (kind === 'subject') {
    const key = subjectNameKey(value);
    return key !== undefined && subject.length <= MAX_SUBJECT && encodedNameKey(subject) === key;
  }
  const form = FORMS[kind];
  return names.some((name) => name.type === KINDS[kind] && form(name.value) === form(value));
}

/**
 * Whether a certificate belongs to one of these keys (RFC 8705 §2.2): it is the first one in the key's `x5c`, or has the same public key.
 * Ignores keys for encryption, keys that are not public, and keys that are too short, as keys fetched from a URL can be.
 */
export function isOfOneKey(certificate: Certificate, keys: readonly Jwk[]): boolean {
  if (!hasStrongKey(certificate)) return false;
  const { node } = certificate;
  const own = certifiedKey(node);
  const der = node.raw.toString('base64');
  return keys.some((jwk) => {
    const { use = 'sig', x5c } = jwk;
    if (use !== 'sig') return false;
    const isOwn = (Array.isArray(x5c) && x5c[0] === der) || (own !== undefined && isSameKey(own, jwk));
    return isOwn && keyKindFault(jwk) === undefined;
  });
}
