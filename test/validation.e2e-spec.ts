import { describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { SETTINGS, type RunningApp } from './support/app.js';
import { type Answer, getClient, postClient, request } from './support/http.js';
import { MERGE_PATCH } from './support/json-patch.js';
import { startOutside } from './support/tls.js';
import { use, useService } from './support/use.js';

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
const PAGES = ['tos_uri', 'policy_uri', 'client_uri', 'logo_uri'];
const LOGOUTS: [what: string, uri: string][] = [
  ['host', 'https://other.example.com/cb'],
  ['scheme', 'http://app.example.com/cb'],
  ['port', `${SITE}:8443/cb`],
  ['port, which is the default of another scheme', `${SITE}:80/cb`],
  ['scheme of a native application', 'com.example.app://app.example.com/cb'],
];

/** The three doors through which members come in. */
async function sent(service: RunningApp, id: string, members: object): Promise<[door: string, answer: Answer][]> {
  const url = `${service.url}/admin/clients/${id}`;
  return [
    ['POST', await postClient(service.url, members)],
    ['PUT', await request(url, { method: 'PUT', body: members })],
    ['PATCH', await request(url, { method: 'PATCH', body: members, headers: { 'content-type': MERGE_PATCH } })],
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

type Refusal = [what: string, members: object, pointer: string, words: RegExp];

const REFUSED: Refusal[] = [
  [
    'an unknown algorithm of UserInfo',
    { userinfo_signed_response_alg: 'foo' },
    '/userinfo_signed_response_alg',
    /none, RS256/,
  ],
  ['private_key_jwt without keys', PKJWT, '/jwks', /jwks .*jwks_uri.*private_key_jwt/],
  ['private_key_jwt with an empty set of keys', { ...PKJWT, jwks: { keys: [] } }, '/jwks', /at least one key/],
  ['both sources of keys', { ...PKJWT, jwks_uri: KEYS, jwks: { keys: [EC] } }, '/jwks', /jwks_uri.* both /],
  [
    'a symmetric algorithm of assertions',
    { ...PKJWT, jwks_uri: KEYS, token_endpoint_auth_signing_alg: 'HS256' },
    '/token_endpoint_auth_signing_alg',
    /RS256.*private_key_jwt/,
  ],
  ...PAGES.map((name): Refusal => [`a file as ${name}`, { [name]: 'file:///foo' }, `/${name}`, /http or https/]),
  [
    'a script behind escapes as policy_uri',
    { policy_uri: 'javascript://app.example.com/%0Aalert(document.domain)' },
    '/policy_uri',
    /http or https/,
  ],
  ['an empty set of keys beside jwks_uri', { jwks: { keys: [] }, jwks_uri: KEYS }, '/jwks', /jwks_uri.* both /],
  [
    'a key that is not base64url',
    { jwks: { keys: [{ ...EC, x: `${EC.x}=` }] } },
    '/jwks/keys/0/x',
    /^jwks\.keys\[0\]\.x .*without padding/,
  ],
  [
    'pairwise subjects in tokens that show them',
    { subject_type: 'pairwise', access_token_strategy: 'JWT' },
    '/subject_type',
    /pairwise.*access_token_strategy/,
  ],
  [
    'pairwise subjects without a sector',
    { subject_type: 'pairwise', redirect_uris: [`${SITE}/cb`, 'https://other.example.com/cb'] },
    '/sector_identifier_uri',
    /pairwise.*redirect_uris.*several hosts/,
  ],
  ['an empty key', { jwks: { keys: [EC, {}] } }, '/jwks/keys/1', /^jwks\.keys\[1\] must be an RSA key/],
  ...LOGOUTS.map(([what, uri]): Refusal => [
    `a place after logout on another ${what}`,
    { redirect_uris: [`${SITE}/cb`], post_logout_redirect_uris: [uri] },
    '/post_logout_redirect_uris/0',
    /scheme, host and port.*redirect_uris/,
  ]),
  ['a script as tos_uri', { tos_uri: "javascript:alert('XSS')" }, '/tos_uri', /http or https/],
  ['an unknown subject_type', { subject_type: 'foo' }, '/subject_type', /public, pairwise/],
];

const TAKEN: [what: string, members: object][] = [
  ['an https URL as policy_uri', { policy_uri: `${SITE}/a%20b?c=d#e` }],
  ['an https URL as tos_uri', { tos_uri: `${SITE}/a%20b?c=d#e` }],
  ['an https URL as client_uri', { client_uri: `${SITE}/a%20b?c=d#e` }],
  ['an https URL as logo_uri', { logo_uri: `${SITE}/a%20b?c=d#e` }],
  ['jwks_uri beside an empty jwks, which counts as unset', { jwks: {}, jwks_uri: KEYS }],
  [
    'a place after logout that is a redirect URI',
    { redirect_uris: [`${SITE}:8443/cb`], post_logout_redirect_uris: [`${SITE}:8443/cb`] },
  ],
  [
    'a place after logout whose host is in another case, or whose default port is written',
    {
      redirect_uris: [`${SITE}:443/cb`, 'http://münchen.example/cb', 'MyApp://CB/one'],
      post_logout_redirect_uris: [
        'HTTPS://APP.example.com/bye',
        'http://MÜNCHEN.example:80/bye',
        'http://xn--mnchen-3ya.example/bye',
        'myapp://cb/two',
      ],
    },
  ],
  [
    'pairwise subjects with redirect URIs of one host',
    {
      subject_type: 'pairwise',
      access_token_strategy: 'opaque',
      redirect_uris: [`${SITE}/cb`, 'http://APP.example.com:8080/cb', 'com.example.app:/cb', 'myapp://other/cb'],
    },
  ],
  ['a tos_uri without a path, to which none is added', { tos_uri: 'https://example.org' }],
  ['pairwise as subject_type', { subject_type: 'pairwise' }],
];

describe.each(SETTINGS)('the rules for members, $setting', ({ start, open }) => {
  const service = useService(start, open);

  it('allow a client of nothing but defaults', async () => {
    await expectTaken(service, {}, { subject_type: 'public', userinfo_signed_response_alg: 'none', jwks: {} });
  });

  it.each([
    ['foo', {}],
    ['a/b c', { client_name: 'Orders', client_secret: 'averylongsecret' }],
  ])('leave the id %s of a client untouched', async (id, members) => {
    const { status, body } = await postClient(service.url, { ...members, client_id: id });
    expect([status, body['client_id']]).toEqual([201, id]);
    const url = `${service.url}/admin/clients/${encodeURIComponent(id)}`;
    expect((await request(url, { method: 'PUT', body: { client_id: 'bar' } })).body['client_id']).toBe(id);
    expect((await getClient(service.url, id)).body['client_id']).toBe(id);
    expect((await getClient(service.url, 'bar')).status).toBe(404);
  });

  it.each(REFUSED)('refuse %s and say what is wrong', async (_, members, pointer, words) => {
    await expectRefused(service, members, pointer, words);
  });

  it.each(TAKEN)('allow %s, which is shown as it was sent', async (_, members) => {
    await expectTaken(service, members);
  });

  it('read an empty subject_type as public', async () => {
    await expectTaken(service, { subject_type: '' }, { subject_type: 'public' });
  });

  it('allow the public halves of EC and RSA keys in their order, and refuse the private ones', async () => {
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

describe.each(SETTINGS)('the rules for sector_identifier_uri, $setting', ({ start, open }) => {
  const documents: Record<string, string> = { '/foo': '["http://foo"]', '/text': 'foo' };
  const outside = use((keep) =>
    keep(startOutside(({ url = '' }, response) => response.writeHead(200).end(documents[url]))),
  );
  const service = use(async (keep) => {
    const database = await keep(open());
    const outbound = { certificateAuthorities: outside.certificate, allowedHosts: ['localhost'] };
    return keep(start({ database, options: { outbound } }));
  });
  const sector = (path: string, ...redirects: string[]) => ({
    subject_type: 'pairwise',
    redirect_uris: redirects,
    sector_identifier_uri: `https://localhost:${outside.port}${path}`,
  });
  const refuses = (members: object, words: RegExp) => expectRefused(service, members, '/sector_identifier_uri', words);

  it('read an empty URI as unset, and refuse one without a host', async () => {
    const id = await aClient(service);
    for (const [, { status, body }] of await sent(service, id, { sector_identifier_uri: '' })) {
      expect(status).toBeLessThan(300);
      expect(body).not.toHaveProperty('sector_identifier_uri');
    }
    await refuses({ sector_identifier_uri: 'https://' }, /absolute https URL with a host/);
  });

  it('refuse http without connecting', async () => {
    const { port, connections } = outside;
    const before = connections();
    await refuses({ sector_identifier_uri: `http://localhost:${port}/foo` }, /absolute https URL/);
    expect(connections()).toBe(before);
  });

  it('refuse a document that is not JSON', async () => {
    await refuses(sector('/text', 'http://foo'), /JSON array of redirect URIs/);
  });

  it('allow a document that lists the redirect URI', async () => {
    const before = outside.connections();
    await expectTaken(service, sector('/foo', 'http://foo'));
    expect(outside.connections()).toBeGreaterThan(before);
  });

  it('refuse a redirect URI that the document does not list, and name it', async () => {
    await refuses(sector('/foo', 'http://foo', 'http://bar'), /does not contain redirect_uris\[1\]/);
  });
});
