import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { assertionOf } from './support/assertions.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { startInProcess } from './support/in-process.js';
import { basic, basicOf, CLIENT_REFUSED, startProvider, type RunningProvider } from './support/provider.js';
import { keyFor, published } from './support/tokens.js';
import { use } from './support/use.js';

const GRANT = { grant_type: 'client_credentials' };
const FEATURES = { clientCredentials: { enabled: true }, pushedAuthorizationRequests: { enabled: true } };
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ISSUER = 'https://as.example';
const KINDS = ['RS256', 'PS384', 'ES256', 'ES512', 'Ed25519', 'EdDSA'].map((alg) => keyFor(alg));
const KEY = keyFor('ES256');

type Form = Record<string, string>;
const token = (server: RunningProvider, form: Form | string, authorization?: string) =>
  server.ask('/token', {
    form: typeof form === 'string' ? `grant_type=client_credentials&${form}` : { ...GRANT, ...form },
    headers: authorization === undefined ? {} : { authorization },
  });

describe('secrets of clients at a provider with the registry', () => {
  const here = use(async (keep) => {
    const registry = await keep(startInProcess(await keep(SQLITE.open())));
    const server = await keep(startProvider(registry.context, { features: FEATURES }));
    const create = async (members: object = {}) => {
      const { client } = await registry.clients.create({ grant_types: ['client_credentials'], ...members });
      return { id: client.client_id, secret: client.client_secret ?? '' };
    };
    return { ...registry, server, create };
  });
  const refused = async (form: Form | string, authorization?: string) => {
    const { status, body, headers } = await token(here.server, form, authorization);
    return [status, body, headers['www-authenticate']?.split(' ')[0]];
  };
  const post = { token_endpoint_auth_method: 'client_secret_post' };

  it.each([
    ['a generated one', undefined],
    ['of 72 bytes', 'x'.repeat(72)],
    ['with colons, signs and letters beyond ASCII', 'chosen: 100 % + more ✓'],
  ])('takes %s by Basic and by the form, each where it is registered', async (_, client_secret) => {
    const one = await here.create({ client_secret });
    const other = await here.create({ client_secret, ...post });
    const posted = ({ id, secret }: typeof one) => ({ client_id: id, client_secret: secret });
    expect((await token(here.server, {}, basic(one.id, one.secret))).status).toBe(200);
    expect((await token(here.server, { client_id: one.id }, basic(one.id, one.secret))).status).toBe(200);
    expect((await token(here.server, posted(other))).status).toBe(200);
    expect(await refused(posted(one))).toEqual([401, CLIENT_REFUSED, undefined]);
    expect(await refused({}, basic(other.id, other.secret))).toEqual([401, CLIENT_REFUSED, 'Basic']);
  });

  it('refuses in the same words whatever is wrong', async () => {
    const { id, secret } = await here.create();
    const open = await here.create({ token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] });
    const wrong: Record<string, [Form | string, string?]> = {
      unknown: [{}, basic('nobody', secret)],
      wrong: [{}, basic(id, 'x')],
      'of 73 bytes': [{}, basic(id, 'x'.repeat(73))],
      empty: [{}, basic(id, '')],
      'bad percent-encoding': [{}, basicOf(`${id}:%zz`)],
      'no colon': [{}, basicOf(id)],
      'no UTF-8': [{}, basicOf(Buffer.from([0xff, 0x3a, 0xfe]))],
      'no base64': [{}, 'Basic *'],
      'another scheme': [{}, `Bearer ${secret}`],
      '10,000 bytes': [{}, basicOf(`${id}:${'x'.repeat(10_000)}`)],
      NUL: [{}, basic(`${id}\0`, secret)],
      'no secret': [{ client_id: id }],
      'a secret of a public client': [{ client_id: open.id, client_secret: 'x' }],
      'what the provider sees instead': [{ client_id: id, client_secret: 'taken' }],
      'an assertion of another type': [{ client_id: id, client_assertion: 'x', client_assertion_type: 'saml' }],
      nothing: [{}],
    };
    const answers = await Promise.all(
      Object.entries(wrong).map(async ([what, [form, authorization]]) => [what, await refused(form, authorization)]),
    );
    expect(answers).toEqual(
      Object.entries(wrong).map(([what, [, tried]]) => [what, [401, CLIENT_REFUSED, tried && 'Basic']]),
    );
  });

  it('takes two methods at once, and a repeated parameter, for an invalid request', async () => {
    const { id, secret } = await here.create();
    const both = { client_id: id, client_secret: secret };
    const asked: [Form | string, string?][] = [
      [both, basic(id, secret)],
      [{ ...both, client_assertion: 'x', client_assertion_type: JWT_BEARER }],
      [{ client_id: 'other' }, basic(id, secret)],
      [`client_id=${id}&client_id=${id}`, basic(id, secret)],
    ];
    for (const [form, authorization] of asked) {
      const { status, body } = await token(here.server, form, authorization);
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
    }
  });

  it('authenticates clients at its other endpoints, too', async () => {
    const { id, secret } = await here.create({
      grant_types: ['authorization_code'],
      redirect_uris: ['https://app.example.com/cb'],
    });
    const form = { response_type: 'code', redirect_uri: 'https://app.example.com/cb', scope: 'openid' };
    const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
    const pushed = (given: string) =>
      here.server.ask('/request', {
        form: { client_id: id, ...form, ...challenge },
        headers: { authorization: basic(id, given) },
      });
    const answers = [await pushed(secret), await pushed('x')];
    expect(answers.map(({ status, body }) => [status, body['error']])).toEqual([
      [201, undefined],
      [401, 'invalid_client'],
    ]);
    expect(JSON.stringify([...here.server.kept])).not.toContain(secret);
  });

  it('shows those who listen to its events nothing that a client presented', async () => {
    const one = await here.create();
    const other = await here.create(post);
    const seen: string[] = [];
    const note = ({ oidc, headers }: KoaContextWithOIDC, error?: Error) =>
      void seen.push(inspect([oidc.params, oidc.body, headers, error], { depth: 9 }));
    here.server.provider.on('grant.success', note).on('grant.error', note);
    await token(here.server, {}, basic(one.id, one.secret));
    await token(here.server, { client_id: other.id, client_secret: other.secret });
    await token(here.server, { client_id: one.id, client_secret: one.secret });
    await token(here.server, {}, basic(other.id, other.secret));
    here.server.provider.off('grant.success', note).off('grant.error', note);
    const told = seen.join('\n');
    expect([seen.length, told.includes(one.id), told.includes(other.id)]).toEqual([4, true, true]);
    const presented = [one.secret, other.secret, basic(one.id, one.secret), basic(other.id, other.secret)];
    expect(presented.filter((text) => told.includes(text))).toEqual([]);
  });

  it('refuses no right secret while wrong ones are counted, and says when to try again', async () => {
    const { id, secret } = await here.create({ client_secret: 'chosen by a person' });
    expect((await token(here.server, {}, basic(id, secret))).status).toBe(200);
    const guess = (_: unknown, at: number) => token(here.server, {}, basic(id, `guess ${at}`));
    const answers = await Promise.all(Array.from({ length: 40 }, guess));
    const late = answers.filter(({ status }) => status === 429);
    expect(late.length).toBeGreaterThan(0);
    expect(late.every(({ headers }) => Number(headers['retry-after']) > 0)).toBe(true);
    expect((await token(here.server, {}, basic(id, secret))).status).toBe(200);
  });

  it('takes none of this for an error of its own', () => {
    expect(here.server.failures).toEqual([]);
  });
});

describe.each(DATABASES)('assertions of clients at a provider with the registry, on $database', ({ open }) => {
  const here = use(async (keep) => {
    const database = await keep(open());
    const options = { authentication: { assertions: { issuers: [ISSUER] } } };
    const start = async () => {
      const registry = await keep(startInProcess(database, options));
      const server = await keep(startProvider(registry.context, { features: FEATURES }, { issuer: ISSUER }));
      return { registry, server };
    };
    return { first: await start(), second: await start() };
  });
  const create = async (jwk: object, members: object = {}) => {
    const { client } = await here.first.registry.clients.create({
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [jwk] },
      ...members,
    });
    return client.client_id;
  };
  const ask = (assertion: string, { server } = here.first, more: Form = {}) =>
    token(server, { client_assertion: assertion, client_assertion_type: JWT_BEARER, ...more });

  it.each(KINDS)('takes one of $alg', async (key) => {
    const id = await create(published(key), { token_endpoint_auth_signing_alg: key.alg });
    expect((await ask(assertionOf(id, key))).status).toBe(200);
    expect((await ask(assertionOf(id, key), here.first, { client_id: id })).status).toBe(200);
  });

  it('takes one from a clock that is some seconds ahead', async () => {
    const ahead = Math.floor(Date.now() / 1000) + 20;
    const id = await create(published(KEY));
    expect((await ask(assertionOf(id, KEY, { iat: ahead, nbf: ahead }))).status).toBe(200);
  });

  it('takes each once, also when ten come at a time to two processes', async () => {
    const id = await create(published(KEY));
    const assertion = assertionOf(id, KEY);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => ask(assertion, at % 2 === 0 ? here.first : here.second)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });

  it('refuses all others in the same words', async () => {
    const id = await create(published(KEY));
    const now = Math.floor(Date.now() / 1000);
    const other = keyFor('ES256');
    const wrong = {
      'the token endpoint as audience': assertionOf(id, KEY, { aud: `${ISSUER}/token` }),
      'a list of audiences': assertionOf(id, KEY, { aud: [ISSUER, `${ISSUER}/token`] }),
      'iss is not sub': assertionOf(id, KEY, { iss: 'other' }),
      'no jti': assertionOf(id, KEY, { jti: undefined }),
      'ten years': assertionOf(id, KEY, { exp: now + 315_360_000 }),
      expired: assertionOf(id, KEY, { exp: now - 60 }),
      'issued ahead': assertionOf(id, KEY, { iat: now + 300 }),
      crit: assertionOf(id, KEY, {}, { crit: ['b64'], b64: true }),
      none: `${assertionOf(id, KEY, {}, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`,
      HS256: assertionOf(id, KEY, {}, { alg: 'HS256' }),
      'another key': assertionOf(id, other),
      'a key in its header': assertionOf(id, other, {}, { jwk: published(other), jku: 'https://keys.example' }),
      '20 KB': assertionOf(id, KEY, { more: 'x'.repeat(20_000) }),
      'no JWT': 'x',
      'no client': assertionOf('nobody', KEY),
    };
    const answers = await Promise.all(
      Object.entries(wrong).map(async ([what, assertion]) => {
        const { status, body } = await ask(assertion);
        return [what, status, body];
      }),
    );
    expect(answers).toEqual(Object.keys(wrong).map((what) => [what, 401, CLIENT_REFUSED]));
    expect([here.first.server.failures, here.second.server.failures]).toEqual([[], []]);
  });
});
