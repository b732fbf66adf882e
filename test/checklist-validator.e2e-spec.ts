import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { SETTINGS, type RunningApp } from './support/app.js';
import type { TestDatabase } from './support/databases.js';
import { getClient, postClient, type Answer } from './support/http.js';
import { startOutside, type OutsideServer } from './support/tls.js';

const SITE = 'https://app.example.com';
const KEYS = `${SITE}/keys`;
const PKJWT = { token_endpoint_auth_method: 'private_key_jwt' };
/** RFC 7515 §A.3.1, the public half. */
const EC = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const PAGES: [row: string, member: string][] = [
  ['V08', 'tos_uri'],
  ['V09', 'policy_uri'],
  ['V10', 'client_uri'],
  ['V11', 'logo_uri'],
];
const LOGOUTS: [row: string, what: string, uri: string][] = [
  ['V21', 'host', 'https://other.example.com/cb'],
  ['V22', 'scheme', 'http://app.example.com/cb'],
  ['V23', 'port', `${SITE}:8443/cb`],
];

async function requested(url: string, method: string, body?: unknown, type = 'application/json'): Promise<Answer> {
  const response = await fetch(url, { method, body: JSON.stringify(body), headers: { 'content-type': type } });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers: Object.fromEntries(headers), text, body: JSON.parse(text) as Record<string, unknown> };
}

/** The three doors through which members come in. */
async function sent(service: RunningApp, id: string, members: object): Promise<[door: string, answer: Answer][]> {
  const url = `${service.url}/admin/clients/${id}`;
  return [
    ['POST', await postClient(service.url, members)],
    ['PUT', await requested(url, 'PUT', members)],
    ['PATCH', await requested(url, 'PATCH', members, 'application/merge-patch+json')],
  ];
}

async function aClient(service: RunningApp): Promise<string> {
  const { status, body } = await postClient(service.url, {});
  expect(status).toBe(201);
  return String(body['client_id']);
}

/** Expects members to be taken by every door, and to be shown as `shown`. */
async function expectTaken(service: RunningApp, members: object, shown: object = members): Promise<void> {
  for (const [door, { status, body }] of await sent(service, await aClient(service), members)) {
    expect([door, status, body['errors']]).toEqual([door, door === 'POST' ? 201 : 200, undefined]);
    const read = await getClient(service.url, String(body['client_id']));
    for (const view of [body, read.body]) expect(view).toMatchObject(shown);
  }
}

/** Expects members to be refused by every door for the one fault at `pointer`, and to change nothing. */
async function expectRefused(service: RunningApp, members: object, pointer: string, words: RegExp): Promise<Answer[]> {
  const id = await aClient(service);
  const [rows, before] = [await service.rowCount(), await getClient(service.url, id)];
  const answers = await sent(service, id, members);
  for (const [door, { status, body }] of answers) {
    expect([door, status, body['error']]).toEqual([door, 400, 'invalid_client_metadata']);
    expect(body['error_description']).toMatch(words);
    expect(body['errors']).toEqual([{ pointer, detail: body['error_description'] }]);
  }
  const after = await getClient(service.url, id);
  expect([after.text, after.headers['etag']]).toEqual([before.text, before.headers['etag']]);
  expect(await service.rowCount()).toBe(rows);
  return answers.map(([, answer]) => answer);
}

/** A new key pair; both halves are marked as the same key, and `secret` is what only the private one has. */
async function pair(alg: string, kid: string): Promise<{ publicKey: JWK; privateKey: JWK; secret: string }> {
  const keys = await generateKeyPair(alg, { extractable: true });
  const [publicKey, privateKey] = await Promise.all([exportJWK(keys.publicKey), exportJWK(keys.privateKey)]);
  const marks = { alg, kid, use: 'sig' };
  return {
    publicKey: { ...publicKey, ...marks },
    privateKey: { ...privateKey, ...marks },
    secret: String(privateKey.d),
  };
}

type Refusal = [row: string, what: string, members: object, pointer: string, words: RegExp];

const REFUSED: Refusal[] = [
  [
    'V04',
    'an unknown algorithm of UserInfo',
    { userinfo_signed_response_alg: 'foo' },
    '/userinfo_signed_response_alg',
    /none, RS256/,
  ],
  ['V05', 'private_key_jwt without keys', PKJWT, '/jwks', /jwks .*jwks_uri.*private_key_jwt/],
  ['V05', 'private_key_jwt with an empty set of keys', { ...PKJWT, jwks: { keys: [] } }, '/jwks', /at least one key/],
  ['V06', 'both sources of keys', { ...PKJWT, jwks_uri: KEYS, jwks: { keys: [EC] } }, '/jwks', /jwks_uri.* both /],
  [
    'V07',
    'a symmetric algorithm of assertions',
    { ...PKJWT, jwks_uri: KEYS, token_endpoint_auth_signing_alg: 'HS256' },
    '/token_endpoint_auth_signing_alg',
    /RS256.*private_key_jwt/,
  ],
  ...PAGES.map(([row, name]): Refusal => [
    row,
    `a file as ${name}`,
    { [name]: 'file:///foo' },
    `/${name}`,
    /http or https/,
  ]),
  [
    'V12',
    'a script behind escapes as policy_uri',
    { policy_uri: 'javascript://app.example.com/%0Aalert(document.domain)' },
    '/policy_uri',
    /http or https/,
  ],
  ['V17', 'an empty set of keys beside jwks_uri', { jwks: { keys: [] }, jwks_uri: KEYS }, '/jwks', /jwks_uri.* both /],
  ['V19', 'an empty key', { jwks: { keys: [EC, {}] } }, '/jwks/keys/1', /^jwks\.keys\[1\] must be an RSA key/],
  ...LOGOUTS.map(([row, what, uri]): Refusal => [
    row,
    `a place after logout on another ${what}`,
    { redirect_uris: [`${SITE}/cb`], post_logout_redirect_uris: [uri] },
    '/post_logout_redirect_uris/0',
    /scheme, host and port.*redirect_uris/,
  ]),
  ['V26', 'a script as tos_uri', { tos_uri: "javascript:alert('XSS')" }, '/tos_uri', /http or https/],
  ['V30', 'an unknown subject_type', { subject_type: 'foo' }, '/subject_type', /public, pairwise/],
];

const TAKEN: [row: string, what: string, members: object][] = [
  ['V13', 'an https URL as policy_uri', { policy_uri: `${SITE}/a%20b?c=d#e` }],
  ['V14', 'an https URL as tos_uri', { tos_uri: `${SITE}/a%20b?c=d#e` }],
  ['V15', 'an https URL as client_uri', { client_uri: `${SITE}/a%20b?c=d#e` }],
  ['V16', 'an https URL as logo_uri', { logo_uri: `${SITE}/a%20b?c=d#e` }],
  ['V20', 'jwks_uri beside an empty jwks, which counts as unset', { jwks: {}, jwks_uri: KEYS }],
  [
    'V24',
    'a place after logout that is a redirect URI',
    { redirect_uris: [`${SITE}:8443/cb`], post_logout_redirect_uris: [`${SITE}:8443/cb`] },
  ],
  ['V25', 'a tos_uri without a path, to which none is added', { tos_uri: 'https://example.org' }],
  ['V29', 'pairwise as subject_type', { subject_type: 'pairwise' }],
];

/** Section 9.3 of the contract, at every door. */
describe.each(SETTINGS)('the checklist of the validator, $setting', ({ start, open }) => {
  let database: TestDatabase;
  let service: RunningApp;
  beforeAll(async () => {
    database = await open();
    service = await start({ database });
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

  it('V01 takes a client of nothing but defaults', async () => {
    await expectTaken(service, {}, { subject_type: 'public', userinfo_signed_response_alg: 'none', jwks: {} });
  });

  it.each([
    ['V02', 'foo', {}],
    ['V03', 'a/b c', { client_name: 'Orders', client_secret: 'averylongsecret' }],
  ])('%s leaves the id %s of a client untouched', async (_, id, members) => {
    const { status, body } = await postClient(service.url, { ...members, client_id: id });
    expect([status, body['client_id']]).toEqual([201, id]);
    const url = `${service.url}/admin/clients/${encodeURIComponent(id)}`;
    expect((await requested(url, 'PUT', { client_id: 'bar' })).body['client_id']).toBe(id);
    expect((await getClient(service.url, id)).body['client_id']).toBe(id);
    expect((await getClient(service.url, 'bar')).status).toBe(404);
  });

  it.each(REFUSED)('%s refuses %s, and tells what is wrong', async (_, __, members, pointer, words) => {
    await expectRefused(service, members, pointer, words);
  });

  it.each(TAKEN)('%s takes %s, and shows it as it was sent', async (_, __, members) => {
    await expectTaken(service, members);
  });

  it('V27 takes no subject_type for public', async () => {
    await expectTaken(service, { subject_type: '' }, { subject_type: 'public' });
  });

  it('V18 takes the public halves of EC and RSA keys in their order, and refuses the private ones', async () => {
    const pairs = await Promise.all([pair('ES256', '1'), pair('RS256', '2011-04-29')]);
    const publicKeys = pairs.map(({ publicKey }) => publicKey);
    await expectTaken(service, { jwks: { keys: publicKeys } });
    for (const [at, { privateKey, secret }] of pairs.entries()) {
      const keys = publicKeys.with(at, privateKey);
      const words = new RegExp(`^jwks\\.keys\\[${at}\\] .*private key material`);
      const answers = await expectRefused(service, { jwks: { keys } }, `/jwks/keys/${at}`, words);
      for (const { text } of answers) expect(text).not.toContain(secret);
    }
  });
});

/** The rows of section 9.3 that ask the outside world. */
describe.each(SETTINGS)('the checklist of the sector identifier, $setting', ({ start, open }) => {
  const documents: Record<string, string> = { '/foo': '["http://foo"]', '/text': 'foo' };
  let outside: OutsideServer;
  let database: TestDatabase;
  let service: RunningApp;
  beforeAll(async () => {
    outside = await startOutside(({ url = '' }, response) => {
      response.writeHead(200).end(documents[url]);
    });
    database = await open();
    const outbound = { certificateAuthorities: outside.certificate, allowedHosts: ['localhost'] };
    service = await start({ database, options: { outbound } });
  });
  afterAll(async () => {
    await service.close();
    await outside.close();
    await database.drop();
  });

  const sector = (path: string, ...redirects: string[]) => ({
    subject_type: 'pairwise',
    redirect_uris: redirects,
    sector_identifier_uri: `https://localhost:${outside.port}${path}`,
  });
  const refuses = (members: object, words: RegExp) => expectRefused(service, members, '/sector_identifier_uri', words);

  it('SI1 takes an empty URI for none, and refuses one without a host', async () => {
    const id = await aClient(service);
    for (const [, { status, body }] of await sent(service, id, { sector_identifier_uri: '' })) {
      expect(status).toBeLessThan(300);
      expect(body).not.toHaveProperty('sector_identifier_uri');
    }
    await refuses({ sector_identifier_uri: 'https://' }, /absolute https URL with a host/);
  });

  it('SI2 refuses http, without asking', async () => {
    const { port, connections } = outside;
    const before = connections();
    await refuses({ sector_identifier_uri: `http://localhost:${port}/foo` }, /absolute https URL/);
    expect(connections()).toBe(before);
  });

  it('SI3 refuses a document that is not JSON', async () => {
    await refuses(sector('/text', 'http://foo'), /JSON array of redirect URIs/);
  });

  it('SI4 takes a document that lists the redirect URI', async () => {
    const before = outside.connections();
    await expectTaken(service, sector('/foo', 'http://foo'));
    expect(outside.connections()).toBeGreaterThan(before);
  });

  it('SI5 refuses a redirect URI that the document does not list, and tells which', async () => {
    await refuses(sector('/foo', 'http://foo', 'http://bar'), /redirect_uris\[1\] is missing/);
  });
});
