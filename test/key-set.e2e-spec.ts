import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { getClient, postClient } from './support/http.js';
import { PUBLIC_KEY as ED } from './support/subject.js';
import { useService } from './support/use.js';

type Key = Record<string, unknown>;

/** A key and a certificate that it signed for itself. */
const EC: Key = {
  kty: 'EC',
  crv: 'P-256',
  x: 'v9jjZ0ZEf0MZu2q3go5dR2beXSS1CyElA6yej6Da-5Q',
  y: 'U9bYhF0tdC6i-T-c3ZYIYvRIXvGG1BUM2l0PIPZoLTo',
};
const CERTIFICATE =
  'MIIBbjCCAROgAwIBAgIUJwemlFS5R4/CSEqoiLs9fT6+xtkwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAeFw0yNjExMjUyMTQxMDRaFw0zNjExMjIyMTQxMDRaMAwxCjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS/2ONnRkR/Qxm7areCjl1HZt5dJLULISUDrJ6PoNr7lFPW2IRdLXQuovk/nN2WCGL0SF7xhtQVDNpdDyD2aC06o1MwUTAdBgNVHQ4EFgQUshiqhe73xZuCtGReILxgC8zBpO4wHwYDVR0jBBgwFoAUshiqhe73xZuCtGReILxgC8zBpO4wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA0q2/gydwC+GLKZuAN3f+Nyf3rSWo7lo0sQaXsDBfB+MCIQDhLfUwMQqxmzN2o2StQAxA01ykBx3L0VFQaZxBKIzZWw==';
const SHA1 = 'j6Uy4WsQa22t_IrsOIiHfyVcNuQ';
const SHA256 = 'dDWWjL7XWyApGTpBa5j5ukqOBW0heiJxyCwgNFJ_ODM';

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
/** A number of so many bits, all of them set, for a modulus: whether it is a product of two primes is not checked. */
const modulus = (bits: number) => base64url(Buffer.alloc(bits / 8, 255));
const RSA: Key = { kty: 'RSA', n: modulus(2048), e: 'AQAB' };
const onCurve = (namedCurve: string): Key => ({
  ...generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' }),
});
const X25519: Key = { kty: 'OKP', crv: 'X25519', x: base64url(Buffer.alloc(32, 9)) };
const standardAlphabet = (text: unknown) => String(text).replaceAll('-', '+').replaceAll('_', '/');
/** The same bytes, but with a stray bit behind the last one: 43 characters hold 258 bits, and a coordinate has 256. */
const withStrayBit = (text: unknown) =>
  String(text).replace(/.$/, (last) => String.fromCodePoint(last.charCodeAt(0) + 1));

const GOOD: [what: string, key: Key][] = [
  ['P-384', { ...onCurve('P-384'), use: 'sig', alg: 'ES384' }],
  ['P-521', { ...onCurve('P-521'), alg: 'ES512' }],
  ['P-256 for encryption', { ...EC, use: 'enc', alg: 'ECDH-ES+A256KW', key_ops: ['deriveKey', 'deriveBits'] }],
  ['X25519', { ...X25519, use: 'enc', alg: 'ECDH-ES' }],
  ['Ed25519', { ...ED, alg: 'Ed25519' }],
  ['RSA of 2,048 bits', { ...RSA, use: 'sig', alg: 'PS256', kid: '' }],
  ['RSA of 16,384 bits with the exponent 3', { ...RSA, n: modulus(16_384), e: 'Aw', alg: 'RSA-OAEP-256' }],
  ['a key as WebCrypto exports it', { ...EC, key_ops: ['verify'], ext: true }],
  ['a key with its certificate', { ...EC, x5c: [CERTIFICATE], x5t: SHA1, 'x5t#S256': SHA256 }],
  ['a key with a chain', { ...EC, x5c: [CERTIFICATE, CERTIFICATE], x5u: 'https://app.example.com/chain.pem' }],
];

const ALPHABET = /base64url without padding/;
const BAD: [what: string, key: Key, member: string, words: RegExp][] = [
  ['padding', { ...EC, x: `${String(EC['x'])}=` }, '/x', ALPHABET],
  ['a blank', { ...EC, x: ` ${String(EC['x'])}` }, '/x', ALPHABET],
  ['a line break', { ...EC, y: `${String(EC['y'])}\n` }, '/y', ALPHABET],
  ['the alphabet of base64', { ...EC, x: standardAlphabet(EC['x']) }, '/x', ALPHABET],
  ['a stray bit', { ...EC, x: withStrayBit(EC['x']) }, '/x', ALPHABET],
  ['a number as a coordinate', { ...EC, y: 5 }, '/y', ALPHABET],
  ['no coordinate', { kty: 'OKP', crv: 'Ed25519' }, '/x', ALPHABET],
  ['a short coordinate', { ...EC, x: 'AQAB' }, '/x', /32 bytes on P-256, not 3/],
  ['a long coordinate', { ...ED, x: base64url(Buffer.alloc(33, 1)) }, '/x', /32 bytes on Ed25519, not 33/],
  ['coordinates beside the curve', { ...EC, y: EC['x'] }, '', /not a point on P-256/],
  ['padding in a modulus', { ...RSA, n: `${modulus(2048)}==` }, '/n', ALPHABET],
  ['a zero byte before a modulus', { ...RSA, n: base64url(Buffer.alloc(257, 255).fill(0, 0, 1)) }, '/n', /zero byte/],
  ['RSA of 2,047 bits', { ...RSA, n: base64url(Buffer.alloc(256, 127)) }, '/n', /at least 2048 bits .*, not 2047/],
  ['RSA of 1,024 bits', { ...RSA, n: modulus(1024) }, '/n', /at least 2048 bits/],
  ['an empty modulus', { ...RSA, n: '' }, '/n', /at least 2048 bits .*, not 0/],
  ['an endless modulus', { ...RSA, n: modulus(16_392) }, '/n', /at most 16384 bits/],
  ['an even modulus', { ...RSA, n: base64url(Buffer.alloc(256, 254)) }, '/n', /odd/],
  ['no exponent', { ...RSA, e: undefined }, '/e', ALPHABET],
  ['the exponent 1', { ...RSA, e: 'AQ' }, '/e', /odd number from 3/],
  ['an even exponent', { ...RSA, e: 'Ag' }, '/e', /odd number from 3/],
  ['an empty exponent', { ...RSA, e: '' }, '/e', /odd number from 3/],
  ['a number as kid', { ...EC, kid: 5 }, '/kid', /string/],
  ['null as kid', { ...EC, kid: null }, '/kid', /string/],
  ['another use', { ...EC, use: 'Sig' }, '/use', /must be sig or enc/],
  ['a list as use', { ...EC, use: ['sig'] }, '/use', /must be sig or enc/],
  ['encryption with a key that only signs', { ...ED, use: 'enc' }, '/use', /must be sig /],
  ['a signature with a key that only encrypts', { ...X25519, use: 'sig' }, '/use', /must be enc /],
  ['key_ops that are a text', { ...EC, key_ops: 'verify' }, '/key_ops', /array/],
  ['an unknown operation', { ...EC, key_ops: ['verify', 'Verify'] }, '/key_ops', /sign, verify/],
  ['a number as operation', { ...EC, key_ops: [5] }, '/key_ops', /sign, verify/],
  ['an operation twice', { ...EC, key_ops: ['verify', 'verify'] }, '/key_ops', /twice/],
  ['operations that contradict the use', { ...EC, use: 'sig', key_ops: ['encrypt'] }, '/key_ops', /sign, verify for/],
  ['a number as alg', { ...EC, alg: 256 }, '/alg', /ES256/],
  ['an unknown alg', { ...EC, alg: 'es256' }, '/alg', /ES256/],
  ['the alg of another curve', { ...EC, alg: 'ES384' }, '/alg', /ES256/],
  ['the alg of another kind of key', { ...EC, alg: 'RSA-OAEP' }, '/alg', /ES256/],
  ['an alg for encryption and the use sig', { ...RSA, use: 'sig', alg: 'RSA-OAEP' }, '/alg', /PS256/],
  ['none as alg', { ...RSA, alg: 'none' }, '/alg', /RS256/],
  ['a list as kty', { ...EC, kty: ['EC'] }, '', /must be an RSA key, an EC key/],
  ['a crv that is no text', { ...EC, crv: { toString: 1, valueOf: 1 } }, '', /must be an RSA key, an EC key/],
  ['a chain over http', { ...EC, x5u: 'http://app.example.com/chain.pem' }, '/x5u', /https/],
  ['a number as x5u', { ...EC, x5u: { toString: 1 } }, '/x5u', /https/],
  ['an empty chain', { ...EC, x5c: [] }, '/x5c', /array of 1 to 10/],
  ['a certificate outside a list', { ...EC, x5c: CERTIFICATE }, '/x5c', /array of 1 to 10/],
  ['an endless chain', { ...EC, x5c: Array.from({ length: 11 }, () => CERTIFICATE) }, '/x5c', /array of 1 to 10/],
  ['a certificate without padding', { ...EC, x5c: [CERTIFICATE.replaceAll('=', '')] }, '/x5c', /certificates only/],
  ['what is not a certificate', { ...EC, x5c: [CERTIFICATE, 'AAAA'] }, '/x5c', /certificates only/],
  ['the certificate of another key', { ...ED, x5c: [CERTIFICATE] }, '/x5c', /this very key/],
  ['a short thumbprint', { ...EC, x5t: 'AAAA' }, '/x5t', /20 bytes/],
  ['the thumbprint of another hash', { ...EC, 'x5t#S256': SHA1 }, '/x5t#S256', /32 bytes/],
  [
    'the thumbprint of another certificate',
    { ...EC, x5c: [CERTIFICATE], 'x5t#S256': base64url(Buffer.alloc(32)) },
    '/x5t#S256',
    /first certificate/,
  ],
];

describe('keys in jwks', () => {
  const service = useService(startStandalone, SQLITE.open);

  it.each(GOOD)('are taken, and returned as they were sent: %s', async (_, key) => {
    const jwks = { keys: [ED, key] };
    const { status, body } = await postClient(service.url, { jwks });
    expect([status, body['errors']]).toEqual([201, undefined]);
    expect((await getClient(service.url, String(body['client_id']))).body['jwks']).toEqual(jwks);
  });

  it.each(BAD)('are refused by place and reason: %s', async (_, key, member, words) => {
    const before = await service.rowCount();
    const { status, body } = await postClient(service.url, { jwks: { keys: [ED, key] } });
    expect([status, body['error']]).toEqual([400, 'invalid_client_metadata']);
    expect(body['error_description']).toMatch(words);
    expect(body['errors']).toEqual([{ pointer: `/jwks/keys/1${member}`, detail: body['error_description'] }]);
    expect(await service.rowCount()).toBe(before);
  });

  it('have all their faults in one answer, each at its place', async () => {
    const keys = [{ ...RSA, n: 'AQAB', e: 'AA', alg: 'ES256', kid: 5 }, ED, { ...EC, use: 'x', d: 'AA' }];
    const { body } = await postClient(service.url, { jwks: { keys }, logo_uri: 'x' });
    expect((body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      '/logo_uri',
      '/jwks/keys/2',
      '/jwks/keys/0/n',
      '/jwks/keys/0/e',
      '/jwks/keys/0/alg',
      '/jwks/keys/0/kid',
    ]);
  });

  it('are at most 1,000 in a set, so that an answer that lists their faults stays small', async () => {
    const { status, body } = await postClient(service.url, {
      jwks: { keys: Array.from({ length: 1001 }, () => ({})) },
    });
    expect([status, body['errors']]).toEqual([
      400,
      [{ pointer: '/jwks', detail: 'jwks must not have more than 1000 keys.' }],
    ]);
  });
});
