import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { AssertionOptions } from '../src/authentication/assertion/assertion.options.js';
import { AssertionVerifier } from '../src/authentication/assertion/assertion-verifier.js';
import { ClientKeySets } from '../src/authentication/keys/client-key-sets.js';
import { UsedAssertions } from '../src/authentication/assertion/used-assertions.js';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { assertionClaims, assertionOf, ISSUER } from './support/assertions.js';
import { SQLITE } from './support/databases.js';
import { startInProcess } from './support/in-process.js';
import { ownRsaKey, type OwnRsaKey } from './support/own-rsa.js';
import { ALGORITHMS, encoded, keyFor, now, published, signedBy, type SigningKey } from './support/tokens.js';
import { use } from './support/use.js';

const OTHER = 'https://other.example/tenant';
const ENDPOINT = 'https://as.example/token';
const KEYS = ALGORITHMS.map((alg) => keyFor(alg));
const [RS256, ES256] = ['RS256', 'ES256'].map((alg) => KEYS.find((key) => key.alg === alg)) as [SigningKey, SigningKey];
/** Two keys with one kid. */
const TWINS = ['twin', 'twin'].map((kid) => keyFor('ES256', kid));
const rsa = (kid: string, modulusLength: number, publicExponent = 65_537): SigningKey => ({
  alg: 'RS256',
  kid,
  ...generateKeyPairSync('rsa', { modulusLength, publicExponent }),
});
const SHORT = rsa('short', 1024);
const EIGHT = ownRsaKey('eight', 8, 65_537n);
const SIXTEEN = ownRsaKey('sixteen', 16, 65_537n);
const SLOW = ownRsaKey('slow', 2, 2n ** 32n + 1n);
const SMALL = ownRsaKey('small', 2, 3n);
const ENCRYPTING = keyFor('ES256', 'encrypting');
const DERIVING = keyFor('ES256', 'deriving');
const UNKNOWN = keyFor('ES256', 'unknown');

const JWKS = {
  keys: [
    ...[...KEYS, ...TWINS, SHORT].map(published),
    ...[EIGHT, SIXTEEN, SLOW, SMALL].map(({ jwk }) => jwk),
    { ...published(ENCRYPTING), use: 'enc' },
    { ...published(DERIVING), use: undefined, key_ops: ['deriveBits'] },
  ],
};

/** An assertion signed with a key that no library makes. */
function ownAssertion({ sign }: OwnRsaKey, kid: string): string {
  const input = `${encoded({ alg: 'RS256', kid })}.${encoded(assertionClaims('shop'))}`;
  return `${input}.${sign(input)}`;
}

/** A client with these keys, and a verifier with these options. */
const verifying = (options: Partial<AssertionOptions> = {}) =>
  use(async (keep) => {
    const { context } = await keep(startInProcess(await keep(SQLITE.open())));
    const all = Object.assign(new AssertionOptions(), { issuers: [ISSUER] }, options);
    const used = new UsedAssertions(context.get(PreparedDatabase, { strict: false }));
    const verifier = new AssertionVerifier(all, new ClientKeySets(all), used);
    const ask = async (assertion: string, { alg = '', issuer }: { alg?: string; issuer?: string } = {}) => {
      const client = { jwks: JWKS, jwks_uri: '', token_endpoint_auth_signing_alg: alg };
      return (await verifier.verify(assertion, 'shop', { client }, issuer)) !== undefined;
    };
    return { ask };
  });

describe('an assertion', () => {
  const here = verifying();
  const shop = (key: SigningKey, changes?: object, head?: object) => assertionOf('shop', key, changes, head);

  it.each(KEYS)('signed with $alg authenticates its client', async (key) => {
    expect(await here.ask(shop(key))).toBe(true);
  });

  it.each<[what: string, assertion: () => string]>([
    ['without a type', () => shop(RS256, {}, { typ: undefined })],
    ['of the type client-authentication+jwt', () => shop(RS256, {}, { typ: 'client-authentication+jwt' })],
    ['whose audience is a list with the issuer alone', () => shop(RS256, { aud: [ISSUER] })],
    ['that ended within the leeway', () => shop(RS256, { exp: now() - 10 })],
    ['that begins within the leeway', () => shop(RS256, { nbf: now() + 20, iat: now() + 20 })],
    ['that ends after ten minutes', () => shop(RS256, { exp: now() + 600 })],
    ['whose end has a fraction', () => shop(RS256, { exp: now() + 100.5 })],
    ['without iat', () => shop(RS256, { iat: undefined })],
    ['of the second of two keys with one kid', () => shop(TWINS[1] as SigningKey)],
    ['without kid, when several keys fit', () => shop(ES256, {}, { kid: undefined })],
    ['with a jku, which is not followed', () => shop(ES256, {}, { jku: 'https://attacker.example', x5u: 'x' })],
    ['of an RSA key of 8,192 bits', () => ownAssertion(EIGHT, 'eight')],
    ['of an RSA key with the exponent 3', () => ownAssertion(SMALL, 'small')],
  ])('%s authenticates its client', async (_, assertion) => {
    expect(await here.ask(assertion())).toBe(true);
  });

  it.each<[what: string, assertion: () => string]>([
    ['of HS256 whose secret is the public key', () => shop({ ...RS256, alg: 'HS256' })],
    ['of alg none', () => `${encoded({ alg: 'none' })}.${encoded(assertionClaims('shop'))}.`],
    ['of ES256K', () => shop(ES256, {}, { alg: 'ES256K' })],
    ['for another audience', () => shop(RS256, { aud: 'https://other.example' })],
    ['for the issuer with a slash', () => shop(RS256, { aud: `${ISSUER}/` })],
    ['for a list of audiences', () => shop(RS256, { aud: [ISSUER, 'https://other.example'] })],
    ['for the issuer twice', () => shop(RS256, { aud: [ISSUER, ISSUER] })],
    ['for no audience', () => shop(RS256, { aud: undefined })],
    ['for an empty list', () => shop(RS256, { aud: [] })],
    ['for the token endpoint', () => shop(RS256, { aud: ENDPOINT })],
    ['whose iss is not its sub', () => shop(RS256, { iss: 'other' })],
    ['of another client', () => shop(RS256, { iss: 'other', sub: 'other' })],
    ['without jti', () => shop(RS256, { jti: undefined })],
    ['with an empty jti', () => shop(RS256, { jti: '' })],
    ['with a jti that is a number', () => shop(RS256, { jti: 7 })],
    ['with a jti of 256 characters', () => shop(RS256, { jti: 'x'.repeat(256) })],
    ['without exp', () => shop(RS256, { exp: undefined })],
    ['whose exp is a text', () => shop(RS256, { exp: String(now() + 60) })],
    ['that expired', () => shop(RS256, { exp: now() - 31 })],
    ['that ends in ten years', () => shop(RS256, { exp: now() + 315_360_000 })],
    [
      'that ends in ten years, as it says from iat on',
      () => shop(RS256, { exp: now() + 315_360_000, iat: now() + 315_359_700 }),
    ],
    ['that ends in eleven minutes, without iat', () => shop(RS256, { exp: now() + 660, iat: undefined })],
    ['that was issued eleven minutes before its end', () => shop(RS256, { exp: now() + 60, iat: now() - 600 })],
    ['that will be issued', () => shop(RS256, { iat: now() + 60 })],
    ['whose iat is a text', () => shop(RS256, { iat: 'now' })],
    ['that is not valid yet', () => shop(RS256, { nbf: now() + 60 })],
    ['with a header that must be understood', () => shop(RS256, {}, { crit: ['exp'], exp: 1 })],
    ['whose payload is not encoded', () => shop(RS256, {}, { crit: ['b64'], b64: false })],
    ['whose crit is empty', () => shop(RS256, {}, { crit: [] })],
    ['of 100 KB', () => shop(RS256, { note: 'x'.repeat(100_000) })],
    ['of another type', () => shop(RS256, {}, { typ: 'at+jwt' })],
    ['whose kid is a number', () => shop(RS256, {}, { kid: 7 })],
    ['of an unknown key', () => shop(UNKNOWN)],
    ['of an unknown key in its header', () => shop(UNKNOWN, {}, { jwk: published(UNKNOWN), kid: undefined })],
    ['signed by another key than it says', () => shop(UNKNOWN, {}, { kid: ES256.kid })],
    ['of an algorithm other than that of its key', () => shop({ ...RS256, alg: 'PS256' }, {}, { kid: 'RS256' })],
    ['of a key for encryption', () => shop(ENCRYPTING)],
    ['of a key whose operations do not verify', () => shop(DERIVING)],
    ['of an RSA key of 1,024 bits', () => shop(SHORT)],
    ['of an RSA key of 16,384 bits', () => ownAssertion(SIXTEEN, 'sixteen')],
    ['of an RSA key with an exponent of 33 bits', () => ownAssertion(SLOW, 'slow')],
    ['that was changed', () => shop(RS256).replace(/\.[^.]+/, `.${encoded(assertionClaims('shop'))}`)],
    ['whose signature was cut off', () => shop(RS256).replace(/[^.]+$/, '')],
    ['whose claims are a list', () => signedBy(RS256, [assertionClaims('shop')], { typ: 'JWT' })],
    ['that is no JWT', () => 'x'],
    ['that is empty', () => ''],
  ])('%s is refused', async (_, assertion) => {
    expect(await here.ask(assertion())).toBe(false);
  });

  it('is refused the second time, and not when somebody else could not sign it before', async () => {
    const jti = 'once';
    expect(await here.ask(shop(UNKNOWN, { jti }))).toBe(false);
    expect(await here.ask(shop(ES256, { jti }))).toBe(true);
    expect(await here.ask(shop(ES256, { jti }))).toBe(false);
    expect(await here.ask(shop(RS256, { jti }))).toBe(false);
  });

  it('is signed with token_endpoint_auth_signing_alg where that is set', async () => {
    expect(await here.ask(shop(ES256), { alg: 'ES256' })).toBe(true);
    expect(await here.ask(shop(ES256), { alg: 'RS256' })).toBe(false);
    expect(await here.ask(shop(keyOf('Ed25519')), { alg: 'EdDSA' })).toBe(true);
    expect(await here.ask(shop(keyOf('EdDSA')), { alg: 'Ed25519' })).toBe(true);
  });
});

describe('the audience of an assertion', () => {
  const nobody = verifying({ issuers: [] });
  const several = verifying({ issuers: [ISSUER, OTHER], audienceEndpoints: [ENDPOINT] });
  const shop = (aud: unknown) => assertionOf('shop', ES256, { aud });

  it('is nobody where no issuer is configured, whatever the call says', async () => {
    expect(await nobody.ask(shop(ISSUER))).toBe(false);
    expect(await nobody.ask(shop(ISSUER), { issuer: ISSUER })).toBe(false);
    expect(await nobody.ask(shop(undefined))).toBe(false);
  });

  it('is the one of several issuers that asks, and nobody when that does not say which one it is', async () => {
    for (const issuer of [ISSUER, OTHER]) {
      expect(await several.ask(shop(issuer), { issuer })).toBe(true);
      expect(await several.ask(shop(issuer))).toBe(false);
    }
    expect(await several.ask(shop(ISSUER), { issuer: OTHER })).toBe(false);
    expect(await several.ask(shop('https://third.example'), { issuer: 'https://third.example' })).toBe(false);
    expect(await several.ask(shop([ISSUER, OTHER]), { issuer: ISSUER })).toBe(false);
  });

  it('is a token endpoint only where that is configured', async () => {
    expect(await several.ask(shop(ENDPOINT), { issuer: ISSUER })).toBe(true);
    expect(await several.ask(shop([ISSUER, ENDPOINT]), { issuer: ISSUER })).toBe(false);
    expect(await several.ask(shop(`${ENDPOINT}/`), { issuer: ISSUER })).toBe(false);
  });
});

function keyOf(alg: string): SigningKey {
  return KEYS.find((key) => key.alg === alg) as SigningKey;
}
