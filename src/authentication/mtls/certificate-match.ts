import ipaddr from 'ipaddr.js';
import { certifiedKey, isSameKey } from '../../clients/metadata/values/key-certificates.js';
import type { Jwk } from '../../clients/metadata/values/key-kinds.js';
import { keyKindFault } from '../../clients/metadata/values/key-set.js';
import type { CertificateName } from '../../clients/metadata/certificate-names.js';
import { encodedNameKey, subjectNameKey } from '../../clients/metadata/names/subject-name.js';
import { hasStrongKey, type Certificate } from './certificate.js';

/** Longest subject that is compared, in characters: more than a registered one takes when all of it is escaped. */
const MAX_SUBJECT = 4096;

/** How the library calls the kinds of alternative names. */
const KINDS = { dns: 'dns', uri: 'url', ip: 'ip', email: 'email' } as const;

/** Forms in which equal names of a kind are equal texts; a text that is malformed stays as it is. */
const FORMS: Record<keyof typeof KINDS, (text: string) => string> = {
  dns: (text) => text.toLowerCase(),
  uri: (text) => text,
  ip: (text) => (ipaddr.isValid(text) ? ipaddr.parse(text).toNormalizedString() : text),
  // RFC 5280 §7.5: the case of the domain does not count, that of the local part does.
  email: (text) => text.replace(/@[^@]*$/, (domain) => domain.toLowerCase()),
};

/** Does a certificate have the name that its client has registered (RFC 8705 §2.1)? It may have others, too. */
export function hasName({ subject, names }: Certificate, { kind, value }: CertificateName): boolean {
  if (kind === 'subject') {
    const key = subjectNameKey(value);
    return key !== undefined && subject.length <= MAX_SUBJECT && encodedNameKey(subject) === key;
  }
  const form = FORMS[kind];
  return names.some((name) => name.type === KINDS[kind] && form(name.value) === form(value));
}

/**
 * Is it a certificate of one of these keys (RFC 8705 §2.2): the first one of an `x5c`, or one with the same public key? Keys for encryption
 * do not count, nor does one that is not public or, as one behind a URL may be, not a key of today's strength.
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
