import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Issuer } from './issuer.js';

/** The algorithms that the registry accepts. */
export const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/** A key pair for one algorithm. Tokens are made by `node:crypto` alone, so that no library judges its own work. */
export interface SigningKey {
  alg: string;
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

const CURVES: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
/** Making an RSA key takes long: one serves all algorithms of RSA. */
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A key for an algorithm; those of RSA are all the same one. */
export function keyFor(alg: string, kid = alg): SigningKey {
  const pair = /^[RP]S/.test(alg)
    ? rsa
    : CURVES[alg]
      ? generateKeyPairSync('ec', { namedCurve: CURVES[alg] })
      : generateKeyPairSync('ed25519');
  return { alg, kid, ...pair };
}

/** The public half, as a JWK Set has it. */
export function published({ publicKey, kid, alg }: SigningKey): object {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

/** What stands in a token, base64url. */
export function encoded(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** Signs a token (RFC 7515 §5.1) with these claims and this header, whatever they are. */
export function signedBy({ alg, kid, privateKey }: SigningKey, claims: unknown, head: object = {}): string {
  const input = `${encoded({ alg, kid, typ: 'at+jwt', ...head })}.${encoded(claims)}`;
  const hash = alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`;
  const padding = alg.startsWith('PS') ? constants.RSA_PKCS1_PSS_PADDING : undefined;
  const options = { key: privateKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signature = sign(hash, Buffer.from(input), { ...options, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** Path of the keys of an issuer that {@link publish} has set up. */
export const KEYS = '/keys';

/** Lets an issuer publish keys, found by OpenID Connect Discovery. */
export function publish(issuer: Issuer, keys: readonly SigningKey[]): void {
  issuer.pages['/.well-known/openid-configuration'] = { body: { issuer: issuer.url, jwks_uri: issuer.url + KEYS } };
  issuer.pages[KEYS] = { body: { keys: keys.map(published) } };
}

/** How often the keys were fetched. */
export function fetchesOf({ asked }: Issuer): number {
  return asked.filter((path) => path === KEYS).length;
}

/** Who the tokens of the tests are for. */
export const AUDIENCE = 'https://registry.example';

/** Now, in seconds since the epoch. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** The claims of a token that counts, but for the changes. */
export function claimsFor(issuer: string, changes: object = {}): object {
  const claims = { iss: issuer, aud: AUDIENCE, sub: 'ann', exp: now() + 600, scope: 'clients:read clients:write' };
  return { ...claims, ...changes };
}

/** Variables of a service that takes the tokens of an issuer. */
export function tokenVariables(issuer: string): Record<string, string> {
  return {
    ADMIN_AUTH: 'jwt',
    ADMIN_API_KEY: '',
    ADMIN_JWT_ISSUER: issuer,
    ADMIN_JWT_AUDIENCE: `registry, ${AUDIENCE}`,
  };
}
