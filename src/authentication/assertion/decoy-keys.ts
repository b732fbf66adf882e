import { createPublicKey, generateKeyPairSync, randomBytes, type JsonWebKey, type KeyObject } from 'node:crypto';

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** The decoy keys made so far, by algorithm. */
const decoys = new Map<string, JsonWebKey>();

/**
 * Returns a public key that belongs to no client: verifying with it takes as long as with the key of a client.
 *
 * @param alg an accepted algorithm
 * @returns a new object with each call, since the keys in a client's `jwks` are also parsed for each assertion
 */
export function decoyKey(alg: string): KeyObject {
  const key = decoys.get(alg) ?? newDecoy(alg);
  decoys.set(alg, key);
  return createPublicKey({ key, format: 'jwk' });
}

function newDecoy(alg: string): JsonWebKey {
  if (/^[RP]S/.test(alg)) return { kty: 'RSA', n: oddNumber(256).toString('base64url'), e: 'AQAB' };
  const namedCurve = CURVES[alg];
  const pair = namedCurve === undefined ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve });
  return pair.publicKey.export({ format: 'jwk' });
}

/** Returns a random odd number as long as a modulus: enough for a key that must verify nothing, and quicker than a real modulus. */
function oddNumber(length: number): Buffer {
  const bytes = randomBytes(length);
  bytes.writeUInt8(bytes.readUInt8(0) | 0x80, 0);
  bytes.writeUInt8(bytes.readUInt8(length - 1) | 1, length - 1);
  return bytes;
}
