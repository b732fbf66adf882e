import { describe, expect, it } from '@jest/globals';
import { ClientActivity, ClientStateService } from '../src/index.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { startInProcess } from './support/in-process.js';
import { basic, CLIENT_REFUSED, startProvider } from './support/provider.js';
import { use } from './support/use.js';

const FEATURES = {
  clientCredentials: { enabled: true },
  introspection: { enabled: true },
  revocation: { enabled: true },
};

describe.each(DATABASES)('client_credentials at a provider with the registry, on $database', ({ open }) => {
  const here = use(async (keep) => {
    const registry = await keep(startInProcess(await keep(open())));
    const start = () => keep(startProvider(registry.context, { features: FEATURES }));
    return { ...registry, server: await start(), other: await start() };
  });

  /** A new client for machines, with its secret in clear. */
  const create = async (members: object = {}) => {
    const { client } = await here.clients.create({ grant_types: ['client_credentials'], ...members });
    return { id: client.client_id, secret: client.client_secret ?? '' };
  };
  const grant = (
    { id, secret }: { id: string; secret: string },
    more: Record<string, string> = {},
    server = here.server,
  ) =>
    server.ask('/token', {
      form: { grant_type: 'client_credentials', ...more },
      headers: { authorization: basic(id, secret) },
    });
  const introspect = async (token: unknown, { id, secret }: { id: string; secret: string }) => {
    const call = { form: { token: String(token) }, headers: { authorization: basic(id, secret) } };
    return (await here.server.ask('/token/introspection', call)).body;
  };

  it('gives a client a token that lives as long as its lifespan says', async () => {
    const client = await create({ client_credentials_grant_access_token_lifespan: '7m' });
    const { status, body } = await grant(client);
    expect([status, body]).toEqual([200, { access_token: expect.any(String), expires_in: 420, token_type: 'Bearer' }]);
    const { active, exp, iat } = (await introspect(body['access_token'], client)) as Record<string, number>;
    expect([active, Number(exp) - Number(iat)]).toEqual([true, 420]);
  });

  it('takes lifespans that are no seconds, and those that no date holds', async () => {
    const expiresIn = async (lifespan: string) =>
      (await grant(await create({ client_credentials_grant_access_token_lifespan: lifespan }))).body['expires_in'];
    expect([await expiresIn('5ms'), await expiresIn('99999999999999999h'), await expiresIn('90s900ms')]).toEqual([
      1, 3_155_760_000, 90,
    ]);
    expect((await grant(await create())).body['expires_in']).toBe(3600);
  });

  it('gives tokens for both secrets after a rotation, and for one after a revocation', async () => {
    const first = await create();
    const { client } = await here.clientSecrets.rotate(first.id, { grace: '1h' });
    const second = { ...first, secret: client.client_secret ?? '' };
    const statuses = async () => [(await grant(first)).status, (await grant(second)).status];
    expect(await statuses()).toEqual([200, 200]);
    const [, old] = await here.clientSecrets.list(first.id);
    await here.clientSecrets.revoke(first.id, old?.id ?? '');
    expect(await statuses()).toEqual([401, 200]);
  });

  it('refuses a client on every process as soon as it is suspended or removed, and calls its tokens inactive', async () => {
    const state = here.context.get(ClientStateService, { strict: false });
    const reader = await create();
    const client = await create();
    const { body } = await grant(client);
    const active = async () => (await introspect(body['access_token'], reader))['active'];
    const statuses = async () => [(await grant(client)).status, (await grant(client, {}, here.other)).status];
    expect([await active(), await statuses()]).toEqual([true, [200, 200]]);
    await state.suspend(client.id);
    expect([await active(), await statuses()]).toEqual([false, [401, 401]]);
    await state.resume(client.id);
    expect([await active(), await statuses()]).toEqual([true, [200, 200]]);
    await here.clients.remove(client.id);
    expect([await active(), await statuses()]).toEqual([false, [401, 401]]);
  });

  it('gives scopes that the client has registered, for its audience, and no others', async () => {
    const api = 'https://api.example.com/orders';
    const client = await create({ scope: 'orders:read orders:write', audience: [api] });
    const { body } = await grant(client, { scope: 'orders:read' });
    expect([body['scope'], (await introspect(body['access_token'], client))['aud']]).toEqual(['orders:read', api]);
    const refused = await grant(client, { scope: 'orders:read orders:delete' });
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_scope']);
    const foreign = await grant(client, { scope: 'orders:read', resource: 'https://api.example.com/invoices' });
    expect([foreign.status, foreign.body['error']]).toEqual([400, 'invalid_target']);
    const none = await grant(await create({ scope: 'orders:read' }), { scope: 'openid' });
    expect([none.status, none.body['error']]).toEqual([400, 'invalid_scope']);
  });

  it('gives tokens in the format that the client has registered', async () => {
    const api = 'https://api.example.com/orders';
    const members = { scope: 'orders:read', audience: [api], client_credentials_grant_access_token_lifespan: '9m' };
    const client = await create({ ...members, access_token_strategy: 'jwt' });
    const { body } = await grant(client, { scope: 'orders:read' });
    const [, claims = ''] = String(body['access_token']).split('.');
    const told = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number>;
    expect(told).toMatchObject({ client_id: client.id, aud: api, scope: 'orders:read' });
    expect(Number(told['exp']) - Number(told['iat'])).toBe(540);
    const opaque = await grant(await create(members), { scope: 'orders:read' });
    expect(opaque.body['access_token']).toMatch(/^[\w-]{43,}$/);
  });

  it('lets the pages call that the client has registered, and no others', async () => {
    const client = await create({ allowed_cors_origins: ['https://App.example.com', 'https://*.example.org'] });
    const from = async (origin: string) => {
      const form = { grant_type: 'client_credentials' };
      const headers = { origin, authorization: basic(client.id, client.secret) };
      const answer = await here.server.ask('/token', { form, headers });
      return [answer.status, answer.headers['access-control-allow-origin']];
    };
    for (const origin of ['https://app.example.com', 'https://shop.example.org'])
      expect(await from(origin)).toEqual([200, origin]);
    for (const origin of ['https://example.com', 'http://app.example.com', 'https://a.b.example.org', 'null'])
      expect(await from(origin)).toEqual([400, undefined]);
  });

  it('refuses a grant that the client has not registered', async () => {
    const { status, body } = await grant(await create({ grant_types: ['refresh_token'] }));
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  it('counts a token as a use of its client, and no attempt that failed', async () => {
    const activity = here.context.get(ClientActivity, { strict: false });
    const client = await create();
    const lastUse = async () => (await activity.of(client.id)).last_used_at;
    await grant({ ...client, secret: 'x' });
    expect(await lastUse()).toBeNull();
    await grant(client);
    expect(await lastUse()).toEqual(expect.any(String));
  });

  it('takes none of this for an error of its own', async () => {
    expect((await grant({ id: 'nobody', secret: 'x' })).body).toEqual(CLIENT_REFUSED);
    expect([here.server.failures, here.other.failures]).toEqual([[], []]);
  });
});

describe('a provider whose database is gone', () => {
  it('answers 503 with Retry-After, which is no error of its own', async () => {
    const database = await POSTGRES.open();
    await using registry = await startInProcess(database);
    const { client } = await registry.clients.create({ client_id: 'machine', grant_types: ['client_credentials'] });
    await using server = await startProvider(registry.context, { features: FEATURES });
    await database.drop();
    const call = {
      form: { grant_type: 'client_credentials' },
      headers: { authorization: basic('machine', client.client_secret ?? '') },
    };
    const page = '/auth?client_id=machine&response_type=code&scope=openid';
    for (const { status, headers, text } of [await server.ask('/token', call), await server.ask(page)])
      expect([status, headers['retry-after'], text]).toEqual([
        503,
        '1',
        expect.stringContaining('temporarily_unavailable'),
      ]);
    expect(server.failures).toEqual([]);
  });
});

describe('the configuration of a provider with the registry', () => {
  const registry = use(async (keep) => keep(startInProcess(await keep(SQLITE.open()))));

  it.each([
    ['clients', { clients: [{ client_id: 'x', client_secret: 'y', redirect_uris: [] }] }],
    ['features.registration', { features: { registration: { enabled: true } } }],
  ])('must not have %s: there is one place for clients', async (name, configuration) => {
    await expect(startProvider(registry.context, configuration)).rejects.toThrow(`${name} must`);
  });

  it('limits the methods of clients, and never adds one', async () => {
    const clientAuthMethods = ['client_secret_post', 'client_secret_jwt'] as const;
    const configuration = { features: FEATURES, clientAuthMethods: [...clientAuthMethods] };
    await using server = await startProvider(registry.context, configuration);
    const { body } = await server.ask('/.well-known/openid-configuration');
    expect(body['token_endpoint_auth_methods_supported']).toEqual(['client_secret_post']);
    const { client } = await registry.clients.create({ grant_types: ['client_credentials'] });
    const headers = { authorization: basic(client.client_id, client.client_secret ?? '') };
    const answer = await server.ask('/token', { form: { grant_type: 'client_credentials' }, headers });
    expect([answer.status, answer.body]).toEqual([401, CLIENT_REFUSED]);
  });
});
