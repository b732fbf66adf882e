import type { KeyObject, X509Certificate } from 'node:crypto';
import type { X509Certificate as ParsedCertificate } from '@peculiar/x509';
import { certificateOf } from '../../access/mtls/der.js';

/** A certificate, as two libraries parse it: Node's verifies signatures, the other one has all names and extensions. */
export interface Certificate {
  node: X509Certificate;
  key: KeyObject;
  /** Its subject with the escapes of RFC 4514, the highest level first. */
  subject: string;
  /** Its subject alternative names. */
  names: readonly { type: string; value: string }[];
  /** When it begins and ends, in milliseconds since the epoch. */
  begins: number;
  ends: number;
  /** Algorithm of its signature, and the hash of the algorithm if it has one, by their names in Web Crypto. */
  signature: { name: string; hash?: { name: string } };
  extensions: readonly { type: string; critical: boolean }[];
  /** Whether it belongs to an authority, and how many other authorities may lie between it and a client. */
  constraints: { ca: boolean; pathLength?: number } | undefined;
  /** The bits of its key usage (RFC 5280 §4.2.1.3), the first one the lowest; `undefined` when its key may be used for anything. */
  keyUsage: number | undefined;
  /** Object identifiers of its extended key usage; `undefined` when it may be used for anything. */
  purposes: readonly unknown[] | undefined;
}

type X509 = typeof import('@peculiar/x509');

/**
 * Parses a certificate. The first call loads a library, which takes longer than all that an application without certificates loads at start.
 *
 * @param bytes its DER
 * @returns `undefined` when it is malformed, has an extension twice (RFC 5280 §4.2), or has a key that Node does not know
 */
export async function readCertificate(bytes: Buffer): Promise<Certificate | undefined> {
  const node = certificateOf(bytes);
  if (!node) return undefined;
  const x509 = await import('@peculiar/x509');
  try {
    const certificate = described(x509, node, new x509.X509Certificate(bytes));
    const types = certificate.extensions.map(({ type }) => type);
    return new Set(types).size === types.length ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function described(x509: X509, node: X509Certificate, parsed: ParsedCertificate): Certificate {
  return {
    node,
    key: node.publicKey,
    subject: parsed.subject,
    names: parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [],
    begins: parsed.notBefore.getTime(),
    ends: parsed.notAfter.getTime(),
    signature: parsed.signatureAlgorithm as Certificate['signature'],
    extensions: parsed.extensions,
    constraints: parsed.getExtension(x509.BasicConstraintsExtension) ?? undefined,
    keyUsage: parsed.getExtension(x509.KeyUsagesExtension)?.usages,
    purposes: parsed.getExtension(x509.ExtendedKeyUsageExtension)?.usages,
  };
}

const RSA_MIN_BITS = 2048;

/** Whether its key is long enough by today's standards. */
export function hasStrongKey({ key }: Certificate): boolean {
  const { modulusLength: bits = RSA_MIN_BITS } = key.asymmetricKeyDetails ?? {};
  return bits >= RSA_MIN_BITS;
}

/** Whether it is valid at a time, in milliseconds since the epoch: from its first to its last date, both included. */
export function isCurrent({ begins, ends }: Certificate, now: number): boolean {
  return now >= begins && now <= ends;
}
