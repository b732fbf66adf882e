import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { kindOf, type Jwk } from '../../clients/metadata/values/key-kinds.js';
import { keyKindFault } from '../../clients/metadata/values/key-set.js';
import { isSameAlgorithm } from '../../jwt/algorithms.js';
import type { TokenPart } from '../../jwt/token-parts.js';
import { decoyKey } from './decoy-keys.js';

/** Maximum number of keys that one assertion is verified with; further keys of the set that match its header are ignored. */
const MOST_KEYS = 10;
/** Bounds of RSA keys: verifying with longer keys, or larger exponents, takes too long. */
const RSA_MIN_BITS = 2048;
const RSA_MAX_BITS = 8192;
const RSA_EXPONENT_END = 2n ** 32n;

/** Keys that were parsed before; `null` for those that cannot be used. */
const known = new WeakMap<Jwk, KeyObject | null>();

/**
 * Whether a token is signed with one of these keys. Considers only keys that may verify signatures with its algorithm, have its `kid` if it
 * names one, and have an accepted size. Ignores URLs and keys in its header. Verifies at least one signature, with a decoy when no key
 * matches, so that timing does not reveal which keys a client has.
 *
 * @param token a JWT; its header follows as the next argument, and names an accepted algorithm
 */
export async function isSignedByOne(token: string, { alg, kid }: TokenPart, keys: readonly Jwk[]): Promise<boolean> {
  const fitting = keys.filter((jwk) => (kid === undefined || jwk['kid'] === kid) && mayVerify(jwk, alg as string));
  const usable = fitting.slice(0, MOST_KEYS).flatMap((jwk) => keyOf(jwk) ?? []);
  for (const key of usable) if (await isSignedBy(token, key)) return true;
  if (usable.length === 0) await isSignedBy(token, decoyKey(alg as string));
  return false;
}

/** Returns `null` for a key that cannot be used. */
function keyOf(jwk: Jwk): KeyObject | null {
  const key = known.get(jwk) ?? readKey(jwk);
  known.set(jwk, key);
  return key;
}

async function isSignedBy(token: string, key: KeyObject): Promise<boolean> {
  // Imported only when needed: the package is an ES module, which Jest in a host application cannot load as CommonJS.
  const { compactVerify } = await import('jose');
  try {
    await compactVerify(token, key);
    return true;
  } catch {
    return false;
  }
}

/** Whether a key may verify signatures with an algorithm (RFC 7517 §4.2 to §4.4). */
function mayVerify(jwk: Jwk, alg: string): boolean {
  const { use = 'sig', key_ops: operations = ['verify'], alg: own = alg } = jwk;
  return (
    use === 'sig' &&
    Array.isArray(operations) &&
    operations.includes('verify') &&
    isSameAlgorithm(own, alg) &&
    keyKindFault(jwk) === undefined &&
    kindOf(jwk)?.sig.includes(alg) === true
  );
}

function readKey(jwk: Jwk): KeyObject | null {
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const { modulusLength: bits, publicExponent: exponent = 3n } = key.asymmetricKeyDetails ?? {};
    const isSized = bits === undefined || (bits >= RSA_MIN_BITS && bits <= RSA_MAX_BITS);
    return isSized && exponent > 1n && exponent < RSA_EXPONENT_END && exponent % 2n === 1n ? key : null;
  } catch {
    return null;
  }
}
