import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import { getClient, post, postClient } from './support/http.js';
import { IMPORTED_HASHES } from './support/imported-hashes.js';
import { STANDARD_MEMBERS } from './support/standard-members.js';
import { useService } from './support/use.js';

const TEXT = [5, true, ['x'], { a: 1 }];
const LIST = ['x', 5, true, { a: 1 }, [5], [null], [['x']], [{}]];
const FLAG = ['true', 1, ['x'], {}];
const page = 'https://app.example.com/page';
const longUri = (length: number) => `https://app.example.com/${'u'.repeat(length - 24)}`;
const list = (length: number, entry: (index: number) => string) => Array.from({ length }, (_, index) => entry(index));
const PAGE = {
  good: [page, 'http://localhost:3000', longUri(2048)],
  bad: [
    ...TEXT,
    'page',
    '/page',
    'ftp://app.example.com',
    'javascript:alert(1)',
    'https://',
    'https:///x',
    'https://a b/',
    'https://a.example/%zz',
    longUri(2049),
  ],
};
const REDIRECT = { redirect_uris: [page, 'com.example.app:/cb'] };
const LIFESPAN = {
  good: ['1h', '1.5h', '0s', '007ms', '1h1h', '5µs', '5μs', `${'9'.repeat(1023)}s`],
  bad: [...TEXT, '1d', '-1h', '1h 30m', 'h', '0', '.5h', '9'.repeat(100_000), `${'9'.repeat(1024)}s`],
};
const ec = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const ed = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

interface Contract {
  /** Values that come back as they were sent; missing where another spec shows that. */
  good?: unknown[];
  /** Values that are refused by the member's name. */
  bad: unknown[];
  /** Members that go with it. */
  beside?: object;
}

/** The contract of each member a caller may set. */
const MEMBERS: Record<string, Contract> = {
  client_id: {
    good: ['a/b?c#d', 'x'.repeat(255), 'ü 注文'],
    bad: [...TEXT, 'x'.repeat(256), '.', '..', 'a\0b', '\ud800'],
  },
  client_name: {
    good: ['Orders', '<b>"&', 'n'.repeat(512)],
    bad: [...TEXT, 'n'.repeat(513), 'n'.repeat(3000), 'a\0b', 'a\udc00'],
  },
  client_secret: {
    good: ['123456', 'ü'.repeat(3), 's'.repeat(1024)],
    bad: [...TEXT, '12345', 's'.repeat(1025), 'oacs_mine', 's\0ecret'],
  },
  // What becomes of it is shown in imported-hashes.e2e-spec.ts: no answer has it.
  client_secret_hash: {
    bad: [...TEXT, 'x', '$2b$31$', 'x'.repeat(256), `${IMPORTED_HASHES.bcrypt}\0`],
  },
  redirect_uris: {
    good: [
      [],
      [page],
      ['com.example.app:/cb', 'myapp://cb', 'http://127.0.0.1/cb', 'http://[::1]:1/cb'],
      list(1000, (index) => `${page}/${index}`),
      [longUri(2048)],
      [page, page],
    ],
    bad: [
      ...LIST,
      [''],
      ['/cb'],
      ['*'],
      ['cb'],
      ['https://'],
      ['javascript:alert(1)'],
      ['JavaScript:x'],
      ['data:text/html,x'],
      ['file:///etc'],
      ['https://a.example/#f'],
      ['https://a.example/a b'],
      ['https://u:p@a.example/'],
      ['https://a.example:port/'],
      ['https://[::1/'],
      ['https:a.example'],
      ['com.example.app:'],
      ['https://a.example\\@b.example/'],
      list(1001, (index) => `${page}/${index}`),
      list(10_000, () => page),
      [longUri(2049)],
    ],
  },
  grant_types: {
    good: [['client_credentials'], list(1000, String), ['g'.repeat(1024)]],
    bad: [...LIST, list(1001, String), ['g'.repeat(1025)]],
  },
  response_types: { good: [['code id_token']], bad: LIST },
  scope: { good: ['openid', 's'.repeat(8192)], bad: [...TEXT, 's'.repeat(8193)] },
  audience: { good: [['b', 'a', 'b']], bad: LIST },
  owner: { good: ['team', 'o'.repeat(512)], bad: [...TEXT, 'o'.repeat(513)] },
  policy_uri: PAGE,
  tos_uri: PAGE,
  client_uri: PAGE,
  logo_uri: PAGE,
  allowed_cors_origins: {
    good: [['https://a.example', 'http://localhost:3000', 'https://*.a.example']],
    bad: [
      ...LIST,
      ['*'],
      ['a.example'],
      ['ftp://a.example'],
      ['https://u:p@a.example'],
      ['https://a.example/path'],
      ['https://a.example?x'],
      ['https://a.example#x'],
    ],
  },
  contacts: { good: [['ops@example.com']], bad: LIST },
  client_secret_expires_at: {
    good: [0, 4102444800, Number.MAX_SAFE_INTEGER],
    bad: ['1', true, 1.5, -1, 1, 1e30, [1], {}],
  },
  subject_type: { good: ['public', 'pairwise'], bad: [...TEXT, 'Public', 'x'] },
  // What comes back is shown where a document stands behind the URI: validation.e2e-spec.ts.
  sector_identifier_uri: { bad: [...TEXT, 'http://a.example/', 'https://', 'x'] },
  jwks_uri: PAGE,
  jwks: {
    good: [{ keys: [] }, { keys: [ec, ed] }, { keys: [{ ...ec, alg: 'ES256', use: 'sig', kid: 'k', note: 'kept' }] }],
    bad: [
      5,
      'x',
      [],
      { keys: null },
      { keys: {} },
      { keys: ['x'] },
      { key: [] },
      { keys: [{}] },
      { keys: [{ ...ec, y: undefined }] },
      { keys: [{ ...ec, y: ec.x }] },
      { keys: [{ ...ec, crv: 'P-384' }] },
      { keys: [{ ...ec, crv: 'secp256k1' }] },
      { keys: [{ ...ec, alg: 'ES384' }] },
      { keys: [{ ...ec, alg: 'RS256' }] },
      { keys: [{ ...ec, d: 'AA' }] },
      { keys: [{ ...ed, d: 'AA' }] },
      { keys: [{ kty: 'oct', k: 'AAAA' }] },
      { keys: [{ kty: 'RSA', n: 'AQAB' }] },
      { keys: [], note: 'x'.repeat(65_536) },
    ],
  },
  token_endpoint_auth_method: {
    good: ['client_secret_basic', 'client_secret_post', 'tls_client_auth', 'self_signed_tls_client_auth', 'none'],
    bad: [...TEXT, 'client_secret_jwt', 'foobar', 'private_key_jwt'],
    beside: { tls_client_auth_san_dns: 'orders.example.com' },
  },
  token_endpoint_auth_signing_alg: { good: ['ES256', 'a'.repeat(32)], bad: [...TEXT, 'a'.repeat(33)] },
  tls_client_auth_subject_dn: {
    good: [
      'CN=orders,OU=Checkout+L=Köln,O=Example\\, Inc.,C=DE',
      'cn=a',
      '2.5.4.97=PSDDE-1',
      '1.2.3.4=#0c0361,O=x',
      'CN=',
      `CN=${'n'.repeat(1021)}`,
    ],
    bad: [
      ...TEXT,
      'orders',
      'CN',
      'CN=a,',
      'CN=a,,O=b',
      'CN="a"',
      'CN=#0',
      'CN=a\\',
      'C N=a',
      'XYZ=a',
      '/C=DE/CN=a',
      `CN=${'n'.repeat(1022)}`,
    ],
  },
  tls_client_auth_san_dns: {
    good: ['orders.example.com', 'Orders_1', `${'a'.repeat(63)}.x`],
    bad: [...TEXT, 'a b', '*.example.com', 'a..b', 'a.', '.a', 'ü.example', 'a:1', 'a'.repeat(64), 'a.'.repeat(127)],
  },
  tls_client_auth_san_uri: {
    good: ['spiffe://example.com/a,b', 'urn:uuid:1', 'https://a.example'],
    bad: [...TEXT, 'a', '/a', '//a/b', 'a:', 'x:a b', 'x:ü', 'x:a%zz', 'x:a\\b'],
  },
  tls_client_auth_san_ip: {
    good: ['192.0.2.7', '2001:DB8::7', '::ffff:192.0.2.7'],
    bad: [...TEXT, '1', '192.0.2', '192.0.2.256', '192.0.2.7/32', 'fe80::1%eth0', '[::1]', '::g'],
  },
  tls_client_auth_san_email: {
    good: ['orders@example.com', 'a.b+c/d@localhost'],
    bad: [...TEXT, 'orders', '@a', 'a@', 'a@b@c', 'a b@c', 'a@b c', 'ü@a.example', `${'a'.repeat(65)}@b`],
  },
  request_uris: { good: [[page, `${page}#digest`]], bad: [...LIST, ['x'], ['urn:x']] },
  request_object_signing_alg: { good: ['ES256', 'a'.repeat(32)], bad: [...TEXT, 'a'.repeat(33)] },
  userinfo_signed_response_alg: { good: ['none', 'RS256'], bad: [...TEXT, 'HS256'] },
  frontchannel_logout_uri: PAGE,
  frontchannel_logout_session_required: { good: [true], bad: FLAG },
  post_logout_redirect_uris: {
    good: [['https://app.example.com/bye', 'com.example.app:/bye']],
    bad: [
      ...LIST,
      ['bye'],
      ['https://other.example/'],
      ['http://app.example.com/'],
      ['https://app.example.com:8443/'],
      ['javascript:alert(1)'],
    ],
    beside: REDIRECT,
  },
  backchannel_logout_uri: PAGE,
  backchannel_logout_session_required: { good: [true], bad: FLAG },
  metadata: {
    good: [null, 0, false, '', 'x', [1], { a: { b: [] } }, { constructor: 1, prototype: {} }, 'x'.repeat(65_534)],
    bad: ['x'.repeat(65_535), { a: 'b\0' }, { 'a\ud800': 1 }],
  },
  access_token_strategy: { good: ['jwt', 'opaque'], bad: [...TEXT, 'paseto'] },
  skip_consent: { good: [true, false], bad: FLAG },
  skip_logout_consent: { good: [true, false, null], bad: FLAG },
  ...STANDARD_MEMBERS,
  ...Object.fromEntries(
    [
      ...['authorization_code', 'refresh_token', 'device_authorization'].flatMap((grant) =>
        ['access_token', 'id_token', 'refresh_token'].map((token) => `${grant}_grant_${token}`),
      ),
      'client_credentials_grant_access_token',
      'implicit_grant_access_token',
      'implicit_grant_id_token',
      'jwt_bearer_grant_access_token',
    ].map((name) => [`${name}_lifespan`, LIFESPAN]),
  ),
};
const SERVER_OWNED = [
  'created_at',
  'updated_at',
  'registered_via',
  'registration_access_token',
  'registration_client_uri',
];

describe.each(SETTINGS)('each member of a client, $setting', ({ start, open }) => {
  const service = useService(start, open);

  it('has a row here, as far as callers may set it', async () => {
    const { body } = await postClient(service.url, { client_secret: 'a secret', ...REDIRECT });
    const shown = Object.keys(body).filter((name) => !SERVER_OWNED.includes(name));
    expect(Object.keys(MEMBERS)).toHaveLength(83);
    expect(Object.keys(MEMBERS)).toEqual(expect.arrayContaining(shown));
  });

  const returned = Object.entries(MEMBERS).filter(
    ([name]) => !['sector_identifier_uri', 'client_secret_hash'].includes(name),
  );
  it.each(returned)('%s comes back as sent, on create and on read', async (name, { good = [], beside }) => {
    expect(good.length).toBeGreaterThan(0);
    for (const value of good) {
      const created = await postClient(service.url, { ...beside, [name]: value });
      expect([value, created.status, created.body['errors']]).toEqual([value, 201, undefined]);
      const read = await getClient(service.url, String(created.body['client_id']));
      for (const { body } of name === 'client_secret' ? [created] : [created, read])
        expect(body[name] ?? null).toEqual(value);
    }
  });

  it.each(Object.entries(MEMBERS))(
    '%s is refused by name when it is wrong, and nothing is left behind',
    async (name, { bad, beside }) => {
      expect(bad.length).toBeGreaterThan(0);
      const before = await service.rowCount();
      for (const value of bad) {
        const { status, body } = await postClient(service.url, { ...beside, [name]: value });
        expect([value, status]).toEqual([value, 400]);
        expect(body['error']).toMatch(/^invalid_(request|client_metadata|redirect_uri|software_statement)$/);
        expect(`${String(body['error_description'])} ${JSON.stringify(body['errors'])}`).toContain(
          name === 'token_endpoint_auth_method' && value === 'private_key_jwt' ? 'jwks' : name,
        );
      }
      expect(await service.rowCount()).toBe(before);
    },
  );

  it.each(SERVER_OWNED)('%s is the server’s own, whatever a body holds', async (name) => {
    for (const value of [5, 'mine', null, { a: 1 }, '2001-02-03T04:05:06Z']) {
      const { status, body } = await postClient(service.url, { [name]: value });
      expect(status).toBe(201);
      expect(body[name]).not.toEqual(value);
      expect(typeof body[name]).toBe(name === 'registered_via' ? 'object' : 'string');
    }
  });

  it('keeps origins without their trailing slash and with a scheme in lower case', async () => {
    const { body } = await postClient(service.url, {
      allowed_cors_origins: ['HTTPS://App.example.com/'],
      access_token_strategy: 'JWT',
    });
    expect(body).toMatchObject({ allowed_cors_origins: ['https://App.example.com'], access_token_strategy: 'jwt' });
  });

  it('takes a generated secret of another registry as a generated one', async () => {
    const { body: one } = await postClient(service.url, {});
    const { status, body } = await postClient(service.url, { client_secret: one['client_secret'] });
    expect(status).toBe(201);
    expect(body['client_secret']).toBe(one['client_secret']);
    const hints = await service.dataSource.query<{ hint: string }[]>(
      'SELECT hint FROM oauth2_client_secret ORDER BY created_at DESC',
    );
    expect(hints[0]?.hint).toBe(String(one['client_secret']).slice(-4));
  });

  it.each([
    ['12345678901234567890', '12345678901234567890'],
    [
      '{"z": 1.0, "a": [1e2, -0], "10": 1, "2": {"x" : "a \\" b"}}',
      '{"z":1.0,"a":[1e2,-0],"10":1,"2":{"x":"a \\" b"}}',
    ],
    ['{"__proto__":{"a":1},"a":1,"a":2}', '{"__proto__":{"a":1},"a":1,"a":2}'],
    ['[ 1.10 , "\\u00e9" ]', '[1.10,"\\u00e9"]'],
  ])('keeps the digits, the order and the doubles of metadata %s', async (sent, kept) => {
    const { text, body } = await post(
      `${service.url}/admin/clients`,
      `{"client_name":"{\\"metadata\\":1}", "\\u006detadata" :${sent} }`,
    );
    expect(text).toContain(`"metadata":${kept},`);
    expect((await getClient(service.url, String(body['client_id']))).text).toContain(`"metadata":${kept},`);
  });
});
