import 'reflect-metadata';
import { isIP } from 'node:net';
import { TextField, type TextCheck } from '../../../fields/text-fields.js';
import { uriTextFault } from '../../../fields/web-url.js';
import { subjectNameFault } from './subject-name.js';

/** A kind of name in a certificate: its subject, or a subject alternative name (RFC 8705 §2.1.2, RFC 5280 §4.2.1.6). */
export type CertificateNameKind = 'subject' | 'dns' | 'uri' | 'ip' | 'email';

const KIND = Symbol('kind of a name of a certificate');

/** Letters, digits, hyphens and underscores, in labels of at most 63 (RFC 1035 §2.3.4). */
const DNS_NAME = /^(?=.{1,253}$)[\w-]{1,63}(?:\.[\w-]{1,63})*$/;
/** A local part in ASCII without blanks, and a domain (RFC 5280 §4.2.1.6). */
const MAILBOX = /^[!-?A-~]{1,64}@([^@]+)$/;

/** The check for the values of each kind, see {@link TextCheck}, and an example. */
const KINDS: Record<CertificateNameKind, { check: TextCheck; example: string }> = {
  subject: { check: subjectNameFault, example: 'CN=orders,OU=Checkout,O=Example,C=DE' },
  dns: {
    check: (text) => (DNS_NAME.test(text) ? undefined : 'must be a DNS name in ASCII, such as orders.example.com'),
    example: 'orders.example.com',
  },
  uri: { check: absoluteUriFault, example: 'spiffe://example.com/orders' },
  ip: {
    check: (text) =>
      isIP(text) === 0 || text.includes('%') ? 'must be an IP address, such as 192.0.2.7 or 2001:db8::7' : undefined,
    example: '2001:db8::7',
  },
  email: {
    check: (text) =>
      DNS_NAME.test(MAILBOX.exec(text)?.[1] ?? '')
        ? undefined
        : 'must be an e-mail address in ASCII, such as orders@example.com',
    example: 'orders@example.com',
  },
};

function absoluteUriFault(uri: string): string | undefined {
  if (!/^[a-z][a-z\d+.-]*:[!-~]+$/i.test(uri))
    return 'must be an absolute URI in ASCII, such as spiffe://example.com/orders';
  return uriTextFault(uri);
}

/** Declares a member with a name that identifies the certificate of a client. */
export function CertificateNameField(kind: CertificateNameKind, description: string): PropertyDecorator {
  const declare = TextField(description, { omitEmpty: true, ...KINDS[kind] });
  return (target, property) => {
    Reflect.defineMetadata(KIND, kind, target, property);
    declare(target, property);
  };
}

/** Returns the kind of name that a member holds; `undefined` for other members. */
export function certificateNameKindOf(
  type: abstract new () => object,
  member: string,
): CertificateNameKind | undefined {
  return Reflect.getMetadata(KIND, type.prototype as object, member) as CertificateNameKind | undefined;
}
