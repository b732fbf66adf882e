import { certificateFaults } from './key-certificates.js';
import { kindOf, type Jwk, type KeyFault } from './key-kinds.js';
import { materialFaults } from './key-material.js';
import { purposeFaults } from './key-purpose.js';

/** Members that hold private key material (RFC 7518 §6.2.2, §6.3.2, §6.4.1 and RFC 8037 §2). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** Maximum number of keys in a set. */
export const MAX_KEYS = 1000;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns why `value` does not have the shape of a JWK Set (RFC 7517 §5); `undefined` when it does. `{}` means that no set is given. */
export function keySetShapeFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'must be a JWK Set: an object with the member keys';
  if (Object.keys(value).length === 0) return undefined;
  const { keys } = value;
  if (!Array.isArray(keys)) return 'must be a JWK Set: its member keys must be an array';
  if (keys.length > MAX_KEYS) return `must not have more than ${MAX_KEYS} keys`;
  return keys.every(isObject) ? undefined : 'must be a JWK Set: each entry of keys must be an object';
}

/** Returns the keys of a well-formed set; an empty list for `{}`. */
export function keysOf(set: object): Jwk[] {
  return 'keys' in set && Array.isArray(set.keys) ? (set.keys as Jwk[]) : [];
}

/** Returns why `jwk` is not a public key of an accepted kind, as the end of a sentence; `undefined` when it is one. */
export function keyKindFault(jwk: Jwk): string | undefined {
  if (jwk['kty'] === 'oct') return 'must not be a symmetric key: register public keys only';
  const secret = PRIVATE_MEMBERS.find((name) => name in jwk);
  if (secret) return `must not hold private key material (${secret}): register the public key only`;
  if (kindOf(jwk)) return undefined;
  return 'must be an RSA key, an EC key on P-256, P-384 or P-521, or an OKP key on Ed25519 or X25519';
}

/**
 * Returns every fault in the members of a key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2). It takes about ten microseconds per key, and about
 * as long for each of its certificates.
 *
 * @returns an empty list when the key is valid, or when {@link keyKindFault} already reports its fault
 */
export function keyMemberFaults(jwk: Jwk): KeyFault[] {
  const kind = kindOf(jwk);
  if (!kind || keyKindFault(jwk)) return [];
  const material = materialFaults(jwk, kind);
  // Certificates are compared with the key, so the key must be valid first.
  const certificates = material.length > 0 ? [] : certificateFaults(jwk);
  return [...material, ...purposeFaults(jwk, kind), ...certificates];
}
