import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { request } from './support/http.js';
import { startIssuer } from './support/issuer.js';
import {
  ALGORITHMS,
  AUDIENCE,
  claimsFor,
  encoded,
  keyFor,
  now,
  published,
  publish,
  signedBy,
  tokenVariables,
} from './support/tokens.js';
import { use } from './support/use.js';

const ES384 = keyFor('ES384');
const KEYS = [ES384, ...ALGORITHMS.filter((alg) => alg !== 'ES384').map((alg) => keyFor(alg))];
const RS256 = keyFor('RS256');
/** A second key for one algorithm. */
const OTHER_ES256 = keyFor('ES256', 'other');
/** Too short; no library makes tokens with it. */
const SHORT = { alg: 'RS256', kid: 'short', ...generateKeyPairSync('rsa', { modulusLength: 1024 }) };

/** A service that takes tokens of an issuer. */
const taking = (environment: Record<string, string> = {}) =>
  use(async (keep) => {
    const issuer = await keep(startIssuer());
    publish(issuer, [...KEYS, OTHER_ES256, SHORT]);
    const database = await keep(SQLITE.open());
    const service = await keep(
      startStandalone({ database, environment: { ...tokenVariables(issuer.url), ...environment } }),
    );
    const ask = (token: string, path = '/admin/clients', method = 'GET', body?: object) =>
      request(service.url + path, { method, body, headers: { authorization: `Bearer ${token}` } });
    return { issuer: issuer.url, claims: (changes?: object) => claimsFor(issuer.url, changes), ask };
  });

/** The public key of the issuer, as who has it may use it for a secret. */
function publicText(format: 'pem' | 'jwk'): string {
  return format === 'pem'
    ? String(RS256.publicKey.export({ type: 'spki', format: 'pem' }))
    : JSON.stringify(published(RS256));
}

function withSecret(alg: string, secret: string, claims: object): string {
  const input = `${encoded({ alg, kid: 'RS256' })}.${encoded(claims)}`;
  return `${input}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(input)
    .digest('base64url')}`;
}

describe('ADMIN_AUTH=jwt', () => {
  const here = taking();
  const claims = (changes?: object) => here.claims(changes);
  const ask: typeof here.ask = (...args) => here.ask(...args);

  it.each(KEYS)('lets in a token that is signed with $alg', async (key) => {
    expect((await ask(signedBy(key, claims()))).status).toBe(200);
  });

  it.each<[what: string, changes: () => object, head?: object]>([
    ['that ended within the leeway', () => ({ exp: now() - 10 })],
    ['that begins within the leeway', () => ({ nbf: now() + 20, iat: now() + 20 })],
    ['for several services', () => ({ aud: ['other', 'registry'] })],
    ['of the type JWT', () => ({}), { typ: 'JWT' }],
    ['of the type application/at+jwt', () => ({}), { typ: 'application/AT+JWT' }],
    ['without a type', () => ({}), { typ: undefined }],
    ['of a client that acts for itself', () => ({ sub: undefined, client_id: 'robot' })],
  ])('lets in a token %s', async (_, changes, head = {}) => {
    expect((await ask(signedBy(RS256, claims(changes()), head))).status).toBe(200);
  });

  it('lets in a token without kid when one key fits its algorithm', async () => {
    expect((await ask(signedBy(ES384, claims(), { kid: undefined }))).status).toBe(200);
  });

  it.each<[what: string, token: () => string]>([
    ['without a signature, of alg none', () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`],
    ['of alg none that has a signature', () => signedBy(RS256, claims(), { alg: 'none' })],
    ...['HS256', 'HS384', 'HS512'].flatMap((alg): [string, () => string][] =>
      (['pem', 'jwk'] as const).map((format) => [
        `of ${alg} whose secret is the public key as ${format}`,
        () => withSecret(alg, publicText(format), claims()),
      ]),
    ),
    ['of a key of 1,024 bits', () => signedBy(SHORT, claims())],
    ['of an algorithm other than that of its key', () => signedBy(RS256, claims(), { kid: 'PS256' })],
    ['for another service', () => signedBy(RS256, claims({ aud: 'other' }))],
    ['for other services', () => signedBy(RS256, claims({ aud: ['other', `${AUDIENCE}/`] }))],
    ['for no service', () => signedBy(RS256, claims({ aud: undefined }))],
    ['of another issuer', () => signedBy(RS256, claims({ iss: 'https://issuer.example' }))],
    ['of the issuer with a slash', () => signedBy(RS256, claims({ iss: `${here.issuer}/` }))],
    ['of no issuer', () => signedBy(RS256, claims({ iss: undefined }))],
    ['that has expired', () => signedBy(RS256, claims({ exp: now() - 31 }))],
    ['that never expires', () => signedBy(RS256, claims({ exp: undefined }))],
    ['whose end is a text', () => signedBy(RS256, claims({ exp: String(now() + 600) }))],
    ['that is not valid yet', () => signedBy(RS256, claims({ nbf: now() + 90 }))],
    ['that will be issued', () => signedBy(RS256, claims({ iat: now() + 90 }))],
    ['without kid, when several keys fit', () => signedBy(OTHER_ES256, claims(), { kid: undefined })],
    ['of a key that the issuer does not have', () => signedBy(keyFor('ES256', 'unknown'), claims())],
    ['that is signed by another key than it says', () => signedBy(OTHER_ES256, claims(), { kid: 'ES256' })],
    ['that was changed', () => signedBy(RS256, claims()).replace(/\.[^.]+/, `.${encoded(claims({ sub: 'bob' }))}`)],
    ['whose signature was cut off', () => signedBy(RS256, claims()).replace(/[^.]+$/, '')],
    ['of more than 8 KiB', () => signedBy(RS256, claims({ note: 'x'.repeat(6000) }))],
    ['of another type', () => signedBy(RS256, claims(), { typ: 'dpop+jwt' })],
    ['of no type that there is', () => signedBy(RS256, claims(), { typ: 7 })],
    ['with a header that must be understood', () => signedBy(RS256, claims(), { crit: ['new'], new: true })],
    ['whose payload is not encoded', () => signedBy(RS256, claims(), { crit: ['b64'], b64: false })],
    ['that is bound to a key', () => signedBy(RS256, claims({ cnf: { jkt: 'x' } }))],
    ['of nobody', () => signedBy(RS256, claims({ sub: undefined }))],
    ['of a number', () => signedBy(RS256, claims({ sub: 7 }))],
    ['of somebody with control characters', () => signedBy(RS256, claims({ sub: 'ann\0' }))],
    ['whose claims are a list', () => signedBy(RS256, [claims()])],
    ['whose claims are not JSON', () => signedBy(RS256, '{"sub":')],
    ['whose header is not JSON', () => `${encoded('{')}.${encoded(claims())}.AA`],
    ['whose header is null', () => `${encoded('null')}.${encoded(claims())}.AA`],
    ['in two parts', () => signedBy(RS256, claims()).replace(/\.[^.]+$/, '')],
    ['in five parts, as an encrypted one', () => `${signedBy(RS256, claims())}.AA.AA`],
  ])('refuses a token %s', async (_, token) => {
    const { status, body, headers } = await ask(token());
    expect([status, body, headers['www-authenticate']]).toEqual([
      401,
      { error: 'invalid_token', error_description: 'The credentials are not valid here, or no longer.' },
      'Bearer error="invalid_token"',
    ]);
  });

  it('follows no URL and believes no key in a header', async () => {
    await using trap = await startIssuer();
    const attacker = keyFor('ES256');
    publish(trap, [attacker]);
    const urls = { jku: `${trap.url}/keys`, x5u: `${trap.url}/keys` };
    const { publicKey } = attacker;
    const own = { jwk: publicKey.export({ format: 'jwk' }), x5c: [encoded('x')] };
    for (const head of [urls, own, { ...urls, ...own, kid: undefined }])
      expect((await ask(signedBy(attacker, claims(), head))).status).toBe(401);
    expect((await ask(signedBy(RS256, claims(), { ...urls, ...own }))).status).toBe(200);
    expect(trap.asked).toEqual([]);
  });

  it('takes no other credentials', async () => {
    for (const token of ['', 'k'.repeat(40), 'a.b.c']) expect([token, (await ask(token)).status]).toEqual([token, 401]);
  });

  it.each<[what: string, changes: object, read: number, create: number]>([
    ['scope as a text', { scope: 'openid clients:write' }, 403, 201],
    ['scope as a list', { scope: ['clients:read', 7, null] }, 200, 403],
    ['scp as a list', { scope: undefined, scp: ['clients:read'] }, 200, 403],
    ['scp as a text', { scope: undefined, scp: 'clients:read clients:write' }, 200, 201],
    ['names that are not scopes', { scope: 'clients:* clients:reader CLIENTS:READ' }, 403, 403],
    ['neither', { scope: undefined }, 403, 403],
    ['scope as an object', { scope: { 'clients:read': true } }, 403, 403],
  ])('gives the scopes of %s', async (_, changes, read, create) => {
    const token = signedBy(RS256, claims(changes));
    expect((await ask(token)).status).toBe(read);
    expect((await ask(token, '/admin/clients', 'POST', {})).status).toBe(create);
  });
});

describe('ADMIN_JWT_OWNER_CLAIM', () => {
  const here = taking({ ADMIN_JWT_OWNER_CLAIM: 'team' });
  const ask = (changes: object) => here.ask(signedBy(RS256, here.claims(changes)));

  it('binds a token to the owner that it names', async () => {
    const token = signedBy(RS256, here.claims({ team: 'team-a', scope: 'clients:read clients:write owners:all' }));
    expect((await here.ask(token, '/admin/clients', 'POST', { owner: 'team-b' })).status).toBe(403);
    const { status, body } = await here.ask(token, '/admin/clients', 'POST', {});
    expect([status, body['owner']]).toEqual([201, 'team-a']);
    const other = await ask({ team: 'team-b' });
    expect([other.status, other.text]).toEqual([200, '[]']);
  });

  it.each<[what: string, team: unknown]>([
    ['no owner', undefined],
    ['an empty one', ''],
    ['a number', 7],
    ['a list', ['team-a']],
    ['null', null],
    ['an object', { name: 'team-a' }],
    ['a control character', 'team\0'],
  ])('lets a token with %s in only if it has owners:all', async (_, team) => {
    expect((await ask({ team })).status).toBe(401);
    expect((await ask({ team, scope: 'clients:read owners:all' })).status).toBe(200);
  });
});
