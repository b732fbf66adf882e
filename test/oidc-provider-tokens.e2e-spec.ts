import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Configuration } from 'oidc-provider';
import { SQLITE } from './support/databases.js';
import { startInProcess } from './support/in-process.js';
import { basic, startProvider } from './support/provider.js';
import { startOutside } from './support/tls.js';
import { encoded, keyFor, now, published, signedBy, type SigningKey } from './support/tokens.js';
import { use } from './support/use.js';

const CALLBACK = 'https://app.example.com/cb';
const DAYS = 86_400;
const KEY = keyFor('ES256');
const FEATURES = {
  deviceFlow: { enabled: true },
  pushedAuthorizationRequests: { enabled: true },
  requestObjects: { enabled: true },
  rpInitiatedLogout: { enabled: true },
};

/** A JWT that a shared secret signs. */
function hs256(secret: string, claims: object): string {
  const input = `${encoded({ alg: 'HS256' })}.${encoded(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

describe('users of a client of the registry at a provider', () => {
  const here = use(async (keep) => {
    const outside = await keep(startOutside((_, response) => response.end(JSON.stringify({ keys: [published(KEY)] }))));
    const host = `localhost:${outside.port}`;
    const outbound = { certificateAuthorities: outside.certificate, allowedHosts: [host] };
    const options = { authentication: { assertions: { issuers: [], outbound } } };
    const registry = await keep(startInProcess(await keep(SQLITE.open()), options));
    const start = (more: Configuration['features'] = {}) =>
      keep(
        startProvider(registry.context, {
          features: { ...FEATURES, ...more },
          enabledJWA: {
            clientAuthSigningAlgValues: ['HS256', 'ES256'],
            idTokenEncryptionAlgValues: ['A128KW', 'dir', 'ECDH-ES'],
            idTokenEncryptionEncValues: ['A128GCM'],
          },
          scopes: ['openid', 'offline_access', 'orders:read', 'orders:write'],
          findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
        }),
      );
    const without = await start({ resourceIndicators: { enabled: false }, encryption: { enabled: true } });
    return { ...registry, jwks_uri: `https://${host}/keys`, server: await start(), without };
  });

  const create = async (members: object = {}) => {
    const { client } = await here.clients.create({
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      scope: 'openid offline_access orders:read',
      ...members,
    });
    return { id: client.client_id, secret: client.client_secret ?? '' };
  };
  const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
  const parametersOf = (id: string, more: Record<string, string>) => ({
    client_id: id,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid',
    ...challenge,
    ...more,
  });
  /** What a browser is told at the authorization endpoint: an error, or to sign in. */
  const authorize = async (id: string, more: Record<string, string>, server = here.server) => {
    const { headers, text } = await server.ask(`/auth?${new URLSearchParams(parametersOf(id, more)).toString()}`);
    const location = new URL(headers['location'] ?? `data:,${text}`, here.server.issuer);
    return location.searchParams.get('error') ?? location.pathname.split('/')[1];
  };

  it('are asked to sign in, unless the client wants a scope that it has not registered', async () => {
    const { id } = await create();
    expect(await authorize(id, { scope: 'openid orders:read' })).toBe('interaction');
    for (const scope of ['openid orders:write', 'openid unknown', 'openid orders:read orders:delete'])
      expect([scope, await authorize(id, { scope })]).toEqual([scope, 'invalid_scope']);
  });

  it('are asked to sign in for registered scopes only, where a provider knows no resources', async () => {
    const { id } = await create();
    const asked = async (scope: string) => authorize(id, { scope }, here.without);
    expect([await asked('openid orders:read'), await asked('openid orders:write')]).toEqual([
      'interaction',
      'invalid_scope',
    ]);
  });

  it('are sent on by request objects that a key of the client has signed, registered or fetched', async () => {
    const keys = [{ jwks: { keys: [published(KEY)] } }, { jwks_uri: here.jwks_uri }];
    for (const members of keys) {
      const { id } = await create(members);
      const times = { iss: id, aud: here.server.issuer, exp: now() + 60, nbf: now(), iat: now(), jti: id };
      const claims = { ...times, ...parametersOf(id, {}) };
      const sign = (key: SigningKey) => signedBy(key, claims, { typ: 'oauth-authz-req+jwt' });
      expect(await authorize(id, { request: sign(KEY) })).toBe('interaction');
      expect(await authorize(id, { request: sign(keyFor('ES256')) })).toBe('invalid_request_object');
    }
  });

  it('are asked by devices and by pushed requests for registered scopes only', async () => {
    const { id, secret } = await create();
    const headers = { authorization: basic(id, secret) };
    const errors = async (scope: string) => [
      (await here.server.ask('/request', { form: parametersOf(id, { scope }), headers })).body['error'],
      (await here.server.ask('/device/auth', { form: { scope }, headers })).body['error'],
    ];
    expect(await errors('openid orders:read')).toEqual([undefined, undefined]);
    expect(await errors('openid orders:write')).toEqual(['invalid_scope', 'invalid_scope']);
  });

  it.each(['taken', '', 'undefined', 'null', 'a secret that the client chose'])(
    'are never sent on by what the constant %j has signed',
    async (constant) => {
      const { id } = await create({ client_secret: 'a secret that the client chose' });
      const claims = { iss: id, aud: here.server.issuer, iat: now(), exp: now() + 60, nbf: now(), jti: 'x' };
      const request = hs256(constant, { ...claims, ...parametersOf(id, {}) });
      expect(await authorize(id, { request })).toBe('invalid_request_object');
      const hint = hs256(constant, { ...claims, iss: here.server.issuer, aud: id, sub: 'somebody' });
      expect(await authorize(id, { id_token_hint: hint })).toBe('invalid_request');
      const out = await here.server.ask(`/session/end?id_token_hint=${hint}`);
      expect([out.status, out.text]).toEqual([400, expect.stringContaining('invalid_request')]);
    },
  );

  it('are served without an algorithm that takes a shared secret, whatever the host enables', async () => {
    const { body } = await here.without.ask('/.well-known/openid-configuration');
    const algorithms = Object.entries(body).filter(([name]) => name.endsWith('_alg_values_supported'));
    expect(algorithms.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'token_endpoint_auth_signing_alg_values_supported',
        'request_object_signing_alg_values_supported',
        'request_object_encryption_alg_values_supported',
        'id_token_encryption_alg_values_supported',
      ]),
    );
    expect(JSON.stringify(algorithms)).not.toMatch(/"(HS|A\d|dir)/);
    expect(body['id_token_encryption_enc_values_supported']).toEqual(['A128GCM']);
    const client = await here.server.provider.Client.find((await create()).id);
    expect(client?.clientSecret).toMatch(/^[\w-]{43}$/);
  });

  it('give grants that no token of theirs outlives', async () => {
    const { code = '' } = await codeFor((await create()).id);
    const { grantId } = here.server.kept.get(`AuthorizationCode:${code}`) ?? {};
    expect(secondsOf('Grant', String(grantId))).toBe(30 * DAYS);
  });

  it('get tokens that live as long as their client says, by grant', async () => {
    const lifespans = {
      authorization_code_grant_access_token_lifespan: '11m',
      authorization_code_grant_id_token_lifespan: '12m',
      authorization_code_grant_refresh_token_lifespan: '960h',
      refresh_token_grant_access_token_lifespan: '21m',
      refresh_token_grant_id_token_lifespan: '22m',
      refresh_token_grant_refresh_token_lifespan: '1200h',
    };
    const client = await create({ ...lifespans });
    const first = await exchange(client, await codeFor(client.id));
    expect(first).toMatchObject({ access: 11 * 60, id: 12 * 60, refresh: 40 * DAYS });
    const second = await exchange(client, { grant_type: 'refresh_token', refresh_token: first.token });
    expect(second).toMatchObject({ access: 21 * 60, id: 22 * 60 });
  });

  it('of a public client get no refresh tokens that outlive the first one', async () => {
    const client = await create({
      token_endpoint_auth_method: 'none',
      authorization_code_grant_refresh_token_lifespan: '2h',
      refresh_token_grant_refresh_token_lifespan: '1200h',
    });
    const first = await exchange(client, await codeFor(client.id));
    const second = await exchange(client, { grant_type: 'refresh_token', refresh_token: first.token });
    expect([first.refresh, second.token === first.token]).toEqual([7200, false]);
    expect(second.refresh).toBeLessThanOrEqual(7200);
  });

  it('get no scope that their client has lost since they agreed to it', async () => {
    const client = await create();
    const [agreed, left] = ['openid offline_access orders:read', 'openid offline_access'];
    const [code, later] = [await codeFor(client.id, agreed), await codeFor(client.id, agreed)];
    const { token, scope } = await exchange(client, code);
    expect(scope).toBe(agreed);
    await here.clients.patch(client.id, { scope: left }, 'application/merge-patch+json');
    const refreshing = { grant_type: 'refresh_token', refresh_token: token };
    expect((await exchange(client, refreshing)).scope).toBe(left);
    expect((await exchange(client, later)).scope).toBe(left);
    const headers = { authorization: basic(client.id, client.secret) };
    const { body } = await here.server.ask('/token', { form: { ...refreshing, scope: 'orders:read' }, headers });
    expect(body['error']).toBe('invalid_scope');
  });

  /** A code as the authorization endpoint makes it once a user has agreed. */
  const codeFor = async (clientId: string, scope = 'openid offline_access'): Promise<Record<string, string>> => {
    const { Grant, AuthorizationCode, Client } = here.server.provider;
    const grant = new Grant({ accountId: 'ada', clientId });
    grant.addOIDCScope(scope);
    const client = await Client.find(clientId);
    if (!client) throw new Error('The client is not taken.');
    const code = new AuthorizationCode({
      accountId: 'ada',
      client,
      grantId: await grant.save(),
      gty: 'authorization_code',
      redirectUri: CALLBACK,
      scope,
    });
    return { grant_type: 'authorization_code', redirect_uri: CALLBACK, code: await code.save() };
  };
  const secondsOf = (kind: string, token: string) => {
    const { exp = 0, iat = 0 } = here.server.kept.get(`${kind}:${token}`) ?? {};
    return exp - iat;
  };
  const exchange = async ({ id, secret }: { id: string; secret: string }, form: Record<string, string>) => {
    const headers: Record<string, string> = secret ? { authorization: basic(id, secret) } : {};
    const { status, body } = await here.server.ask('/token', { form: { ...form, client_id: id }, headers });
    expect([status, body['error_description']]).toEqual([200, undefined]);
    const [, claims = ''] = String(body['id_token']).split('.');
    const { exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number; iat: number };
    const token = String(body['refresh_token']);
    const refresh = secondsOf('RefreshToken', token);
    return { access: body['expires_in'], id: exp - iat, refresh, token, scope: body['scope'] };
  };

  it('meet no error that the provider takes for its own', () => {
    expect([here.server.failures, here.without.failures]).toEqual([[], []]);
  });
});
