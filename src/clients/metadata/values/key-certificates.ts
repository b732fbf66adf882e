import { createHash, type X509Certificate } from 'node:crypto';
import { certificateOf } from '../../../access/mtls/der.js';
import { base64Bytes, base64urlBytes } from './base64url.js';
import type { Jwk, KeyFault } from './key-kinds.js';
import { httpsUrlFault } from '../../../fields/web-url.js';

const MAX_CHAIN = 10;
/** The members that hold a public key, over all kinds of keys. */
const PUBLIC_MEMBERS = ['kty', 'crv', 'n', 'e', 'x', 'y'];

/** Returns the faults in the members about the certificate of a key (RFC 7517 §4.6 to §4.9). The key itself must be valid. */
export function certificateFaults(jwk: Jwk): KeyFault[] {
  const { x5u, x5c } = jwk;
  const [first] = Array.isArray(x5c) ? (x5c as unknown[]) : [];
  const details: [member: string, detail: string | undefined][] = [
    ['x5u', x5u === undefined ? undefined : httpsUrlFault(typeof x5u === 'string' ? x5u : '')],
    ['x5c', x5c === undefined ? undefined : chainFault(x5c, jwk)],
    ['x5t', thumbprintFault(jwk['x5t'], 'sha1', base64Bytes(first))],
    ['x5t#S256', thumbprintFault(jwk['x5t#S256'], 'sha256', base64Bytes(first))],
  ];
  return details.flatMap(([member, detail]) => (detail === undefined ? [] : [{ member, detail }]));
}

/** Does not validate the chain: whoever trusts it must do so when it is used. */
function chainFault(value: unknown, jwk: Jwk): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHAIN)
    return `must be an array of 1 to ${MAX_CHAIN} certificates`;
  const [first, ...others] = value.map((text) => {
    const bytes = base64Bytes(text);
    return bytes && certificateOf(bytes);
  });
  if (!first || others.includes(undefined))
    return 'must hold certificates only: base64 with padding of their DER bytes';
  return holdsKey(first, jwk) ? undefined : 'must begin with a certificate of this very key';
}

function holdsKey(certificate: X509Certificate, jwk: Jwk): boolean {
  const certified = certifiedKey(certificate);
  return certified !== undefined && isSameKey(certified, jwk);
}

/** Returns the public key of a certificate; `undefined` when a JWK cannot hold a key of this kind. */
export function certifiedKey(certificate: X509Certificate): Jwk | undefined {
  try {
    return certificate.publicKey.export({ format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Whether two JWKs hold the same public key, whatever their other members (RFC 7638 §3.2). */
export function isSameKey(one: Jwk, other: Jwk): boolean {
  return PUBLIC_MEMBERS.every((member) => one[member] === other[member]);
}

/** @param certificate DER bytes of the first certificate in `x5c`, if present */
function thumbprintFault(value: unknown, hash: string, certificate: Buffer | undefined): string | undefined {
  if (value === undefined) return undefined;
  const bytes = base64urlBytes(value);
  const size = createHash(hash).digest().length;
  if (bytes?.length !== size) return `must be the ${size} bytes of a thumbprint, as base64url without padding`;
  if (!certificate || createHash(hash).update(certificate).digest().equals(bytes)) return undefined;
  return 'must be the thumbprint of the first certificate in x5c';
}
