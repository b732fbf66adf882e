import { hasStrongKey, isCurrent, type Certificate } from './certificate.js';

/**
 * Extensions that are understood when they are critical (RFC 5280 §4.2): key usage, subject alternative name, basic constraints, policies,
 * none of which is required, and extended key usage.
 */
const UNDERSTOOD = new Set(['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.32', '2.5.29.37']);
/** Name constraints limit whom an authority may certify. They are not evaluated: an authority with them, critical or not, is not trusted. */
const NAME_CONSTRAINTS = '2.5.29.30';
/** The extended key usage of TLS clients (RFC 5280 §4.2.1.12). */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** The first bit of key usage (RFC 5280 §4.2.1.3). */
const DIGITAL_SIGNATURE = 1;
const STRONG_HASHES = new Set(['SHA-256', 'SHA-384', 'SHA-512']);
/** Signature algorithms that name no hash. */
const STRONG_ALGORITHMS = new Set(['Ed25519', 'Ed448']);

/**
 * Whether a path leads from the certificate of a client to an authority (RFC 5280 §6). Every certificate on it must be current, be usable by
 * TLS clients, have a key and a signature of today's strength, and have no critical extension that is not understood.
 *
 * @param presented the certificate of the client, and others that may lie on the path, in any order
 * @param authorities certificates that are trusted, whoever issued them
 * @param now the current time, in milliseconds since the epoch
 */
export function isTrusted(
  [own, ...others]: readonly Certificate[],
  authorities: readonly Certificate[],
  now: number,
): boolean {
  if (!own || !isUsable(own, now) || !maySign(own)) return false;
  return leads({ from: own, others, below: 0 }, authorities, now);
}

/** How far a path has got. */
interface Step {
  from: Certificate;
  /** The certificates that are not on the path yet. */
  others: readonly Certificate[];
  /** How many authorities are on the path already. */
  below: number;
}

function leads({ from, others, below }: Step, authorities: readonly Certificate[], now: number): boolean {
  const issued = (issuer: Certificate) => mayIssue(issuer, below, now) && hasIssued(issuer, from);
  if (authorities.some(issued)) return true;
  return others.some((next) => {
    const rest = others.filter((other) => other !== next);
    return issued(next) && leads({ from: next, others: rest, below: below + 1 }, authorities, now);
  });
}

/** Whether a certificate may be part of a path at all. */
function isUsable(certificate: Certificate, now: number): boolean {
  const { purposes, extensions } = certificate;
  return (
    isCurrent(certificate, now) &&
    hasStrongKey(certificate) &&
    (!purposes || purposes.includes(CLIENT_AUTH)) &&
    extensions.every(({ type, critical }) => type !== NAME_CONSTRAINTS && (!critical || UNDERSTOOD.has(type)))
  );
}

/** Whether the client may sign a TLS handshake with its key; without key usage, the key is not limited (RFC 5280 §4.2.1.3). */
function maySign({ keyUsage }: Certificate): boolean {
  return keyUsage === undefined || (keyUsage & DIGITAL_SIGNATURE) !== 0;
}

/** @param below how many authorities are on the path below it (RFC 5280 §4.2.1.9) */
function mayIssue(issuer: Certificate, below: number, now: number): boolean {
  const { ca = false, pathLength = Infinity } = issuer.constraints ?? {};
  return ca && pathLength >= below && isUsable(issuer, now);
}

/** `checkIssued` compares names and key identifiers, and requires a key that may sign certificates. */
function hasIssued(issuer: Certificate, { node, signature: { name, hash } }: Certificate): boolean {
  const isStrong = hash ? STRONG_HASHES.has(hash.name) : STRONG_ALGORITHMS.has(name);
  return isStrong && node.checkIssued(issuer.node) && node.verify(issuer.key);
}
