import { certificateFaults } from './key-certificates.js';
import { kindOf, type Jwk, type KeyFault } from './key-kinds.js';
import { materialFaults } from './key-material.js';
import { purposeFaults } from './key-purpose.js';

/** Members that hold private key material (RFC 7518 §6.2.2, §6.3.2, §6.4.1 and RFC 8037 §2). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** Most keys in a set. */
export const MAX_KEYS = 1000;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why the shape of `value` is not that of a JWK Set (RFC 7517 §5); `undefined` when it is. `{}` means that none is set. */
export function keySetShapeFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'must be a JWK Set: an object with the member keys';
  if (Object.keys(value).length === 0) return undefined;
  const { keys } = value;
  if (!Array.isArray(keys)) return 'must be a JWK Set: its member keys must be an array';
  if (keys.length > MAX_KEYS) return `must not have more than ${MAX_KEYS} keys`;
  return keys.every(isObject) ? undefined : 'must be a JWK Set: each entry of keys must be an object';
}

/** The keys of a well-formed set; an empty list when none is set. */
export function keysOf(set: object): Jwk[] {
  return 'keys' in set && Array.isArray(set.keys) ? (set.keys as Jwk[]) : [];
}

/** Why `jwk` is not a public key of a kind that is accepted, as the end of a sentence; `undefined` when it is one. */
export function keyKindFault(jwk: Jwk): string | undefined {
  if (jwk['kty'] === 'oct') return 'must not be a symmetric key: register public keys only';
  const secret = PRIVATE_MEMBERS.find((name) => name in jwk);
  if (secret) return `must not hold private key material (${secret}): register the public key only`;
  if (kindOf(jwk)) return undefined;
  return 'must be an RSA key, an EC key on P-256, P-384 or P-521, or an OKP key on Ed25519 or X25519';
}

/**
 * Every fault in the members of a key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2). It takes some ten microseconds for a key, and
 * about as long for each of its certificates.
 *
 * @returns an empty list when the key is right, or when {@link keyKindFault} already says what is wrong with it
 */
export function keyMemberFaults(jwk: Jwk): KeyFault[] {
  const kind = kindOf(jwk);
  if (!kind || keyKindFault(jwk)) return [];
  const material = materialFaults(jwk, kind);
  // A certificate is compared with the key, which must be a key first.
  const certificates = material.length > 0 ? [] : certificateFaults(jwk);
  return [...material, ...purposeFaults(jwk, kind), ...certificates];
}
