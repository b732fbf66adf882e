import { createPublicKey, generateKeyPairSync, randomBytes, type JsonWebKey, type KeyObject } from 'node:crypto';

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** The keys that were needed so far, by algorithm. */
const decoys = new Map<string, JsonWebKey>();

/**
 * A public key that no client has: to verify with it takes as long as with the key of a client.
 *
 * @param alg an algorithm that is accepted
 * @returns an object of its own with each call, since the keys of clients are read with each assertion, too
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

/** As long as a modulus and odd, as a modulus is: for a key with which nothing is to be verified that is enough, and made at once. */
function oddNumber(length: number): Buffer {
  const bytes = randomBytes(length);
  bytes.writeUInt8(bytes.readUInt8(0) | 0x80, 0);
  bytes.writeUInt8(bytes.readUInt8(length - 1) | 1, length - 1);
  return bytes;
}
