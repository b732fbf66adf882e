import { importJWK, type JWK } from 'jose';

/** By curve: its key type, an algorithm for a trial import, and the signature algorithms that a key may name. */
const CURVES: Record<string, { kty: string; alg: string; algs?: string[] }> = {
  'P-256': { kty: 'EC', alg: 'ES256', algs: ['ES256'] },
  'P-384': { kty: 'EC', alg: 'ES384', algs: ['ES384'] },
  'P-521': { kty: 'EC', alg: 'ES512', algs: ['ES512'] },
  Ed25519: { kty: 'OKP', alg: 'EdDSA', algs: ['EdDSA', 'Ed25519'] },
  X25519: { kty: 'OKP', alg: 'ECDH-ES' },
};
/** Members that hold private key material (RFC 7518 §6.2.2, §6.3.2, §6.4.1 and RFC 8037 §2). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const SIGNING = /^(RS|PS|ES|HS)\d{3}$|^Ed/;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why the shape of `value` is not that of a JWK Set (RFC 7517 §5); `undefined` when it is. `{}` means that none is set. */
export function keySetShapeFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'must be a JWK Set: an object with the member keys';
  if (Object.keys(value).length === 0) return undefined;
  const { keys } = value;
  if (!Array.isArray(keys)) return 'must be a JWK Set: its member keys must be an array';
  return keys.every(isObject) ? undefined : 'must be a JWK Set: each entry of keys must be an object';
}

/** The keys of a well-formed set; an empty list when none is set. */
export function keysOf(set: object): JWK[] {
  return 'keys' in set && Array.isArray(set.keys) ? (set.keys as JWK[]) : [];
}

/** Why `jwk` is not a usable public key, as the end of a sentence; `undefined` when it is one. */
export async function keyFault(jwk: JWK): Promise<string | undefined> {
  if (jwk.kty === 'oct') return 'must not be a symmetric key: register public keys only';
  const secret = PRIVATE_MEMBERS.find((name) => name in jwk);
  if (secret) return `must not hold private key material (${secret}): register the public key only`;
  const curve = jwk.kty === 'RSA' ? { kty: 'RSA', alg: 'RS256' } : CURVES[String(jwk.crv)];
  if (!curve || curve.kty !== jwk.kty)
    return 'must be an RSA key, an EC key on P-256, P-384 or P-521, or an OKP key on Ed25519 or X25519';
  if (!fitsAlgorithm(jwk)) return 'must have an alg that fits its key type and curve';
  const { kty, crv, x, y, n, e } = jwk;
  try {
    await importJWK({ kty, crv, x, y, n, e }, curve.alg);
    return undefined;
  } catch {
    return `must be a complete and valid ${kty} public key`;
  }
}

/** Does `alg` fit the key type and, for ECDSA and EdDSA, the curve? Encryption algorithms are not checked. */
function fitsAlgorithm({ kty, crv, alg }: JWK): boolean {
  if (alg === undefined) return true;
  if (typeof alg !== 'string') return false;
  if (!SIGNING.test(alg)) return true;
  return kty === 'RSA' ? /^[RP]S/.test(alg) : (CURVES[String(crv)]?.algs ?? []).includes(alg);
}
