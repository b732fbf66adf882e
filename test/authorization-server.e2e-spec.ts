import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CryptoKey } from 'jose';
import * as openid from 'openid-client';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import {
  approve,
  compileExample,
  register,
  startExample,
  type AuthorizationServer,
} from './support/authorization-server.js';
import { closing } from './support/closing.js';
import { commandHere } from './support/command-here.js';
import { DATABASES, POSTGRES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { fileOf } from './support/file-of.js';
import { post, rawRequest, request } from './support/http.js';
import { startOutside } from './support/tls.js';
import { basic as basicOf } from './support/provider.js';
import { keyFor, published } from './support/tokens.js';
import { use } from './support/use.js';

const TYPES = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  Ed25519: 'Ed25519',
};
const KINDS = Object.entries(TYPES).map(([alg, type]) => ({ alg, type, key: keyFor(alg) }));
const MACHINE = { grant_types: ['client_credentials'], response_types: [], scope: 'read write' };
const CALLBACK = 'http://127.0.0.1:1/callback';
const PERSONAL = {
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  response_types: ['code'],
  redirect_uris: [CALLBACK],
  scope: 'openid offline_access read',
};

/** A private key as Web Crypto has it, which the library takes. */
function webKey(key: KeyObject, type: (typeof KINDS)[number]['type']): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), type, false, ['sign']);
}

/** The code of OAuth that a request is refused with. */
async function refusal(asked: Promise<unknown>): Promise<unknown> {
  try {
    await asked;
    return 'none';
  } catch (error) {
    if (error instanceof openid.ResponseBodyError) return error.error;
    if (!(error instanceof openid.WWWAuthenticateChallengeError)) throw error;
    return ((await error.response.json()) as { error: string }).error;
  }
}

/** Has a person consent to what a client asks for, and returns what the client redeems. */
async function consent(server: AuthorizationServer, config: openid.Configuration, scope: string) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope,
    state: expectedState,
    prompt: 'consent',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const { url: answer } = await approve(server, url);
  return (by = config) => openid.authorizationCodeGrant(by, answer, { pkceCodeVerifier, expectedState });
}

const example = use((keep) => keep(compileExample()));

describe.each(DATABASES)('the example of an authorization server, on $database,', ({ open }) => {
  const here = use(async (keep) => {
    const database = await keep(open());
    const outside = await keep(
      startOutside(({ url = '' }, response) => {
        const { key } = KINDS.find(({ alg }) => url === `/${alg}`) ?? { key: keyFor('ES256') };
        response.end(JSON.stringify({ keys: [published(key)] }));
      }),
    );
    const authority = join(example.folder, 'authority.pem');
    writeFileSync(authority, outside.certificate);
    const host = `localhost:${outside.port}`;
    const environment = { DATABASE_URL: database.url, JWKS_ALLOWED_HOSTS: host, NODE_EXTRA_CA_CERTS: authority };
    const server = await keep(startExample(example, environment));
    const dataSource = await new DataSource(dataSourceOptions(database.url, false)).initialize();
    const tokens = closing({ dataSource, close: () => dataSource.destroy() });
    await keep(Promise.resolve(tokens));
    return { server, database, dataSource, keys: `https://${host}` };
  });

  it.each(['client_secret_basic', 'client_secret_post'])(
    'gives tokens to clients with %s, and to no other',
    async (method) => {
      for (const secret of [undefined, 'correct horse battery staple']) {
        const client = await register(here.server, {
          ...MACHINE,
          token_endpoint_auth_method: method,
          client_secret: secret,
        });
        const basic = await client.as(openid.ClientSecretBasic(client.secret));
        const form = await client.as(openid.ClientSecretPost(client.secret));
        const [right, other] = method === 'client_secret_basic' ? [basic, form] : [form, basic];
        const tokens = await openid.clientCredentialsGrant(right, { scope: 'read' });
        expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read', expires_in: 3600 });
        const wrong = await client.as(
          (method === 'client_secret_basic' ? openid.ClientSecretBasic : openid.ClientSecretPost)('wrong'),
        );
        for (const config of [other, wrong])
          expect(await refusal(openid.clientCredentialsGrant(config, { scope: 'read' }))).toBe('invalid_client');
        expect(await refusal(openid.clientCredentialsGrant(right, { scope: 'admin' }))).toBe('invalid_scope');
      }
    },
  );

  it.each(KINDS)(
    'gives tokens to clients with assertions of $alg, with keys inline and by URI',
    async ({ alg, type, key }) => {
      const privateKey = { key: await webKey(key.privateKey, type), kid: key.kid };
      for (const keys of [{ jwks: { keys: [published(key)] } }, { jwks_uri: `${here.keys}/${alg}` }]) {
        const method = { token_endpoint_auth_method: 'private_key_jwt' };
        const client = await register(here.server, { ...MACHINE, ...method, ...keys });
        const config = await client.as(openid.PrivateKeyJwt(privateKey));
        const { access_token: token } = await openid.clientCredentialsGrant(config, { scope: 'read' });
        expect(await openid.tokenIntrospection(config, token)).toMatchObject({ active: true, client_id: client.id });
      }
    },
  );

  it.each(['none', 'client_secret_basic'])(
    'gives a person’s tokens to clients with %s, and refreshes them',
    async (method) => {
      const client = await register(here.server, { ...PERSONAL, token_endpoint_auth_method: method });
      const config = await client.as(method === 'none' ? openid.None() : openid.ClientSecretBasic(client.secret));
      const redeem = await consent(here.server, config, 'openid offline_access read');
      const tokens = await redeem();
      expect([tokens.claims()?.sub, tokens.scope]).toEqual(['carla', 'openid offline_access read']);
      expect(await openid.fetchUserInfo(config, tokens.access_token, 'carla')).toMatchObject({ sub: 'carla' });
      const { refresh_token: first = '' } = tokens;
      const { refresh_token: second = '', ...refreshed } = await openid.refreshTokenGrant(config, first);
      expect(await openid.fetchUserInfo(config, refreshed.access_token, 'carla')).toMatchObject({ sub: 'carla' });
      // A public client gets a new refresh token each time, and the old one ends them all.
      if (method !== 'none') return;
      expect(second).not.toBe(first);
      expect(await refusal(openid.refreshTokenGrant(config, first))).toBe('invalid_grant');
      expect(await refusal(openid.refreshTokenGrant(config, second))).toBe('invalid_grant');
    },
  );

  it('lets a client register itself that has nothing but the issuer, gives it a person’s tokens, and knows when it was used last', async () => {
    const sent = {
      client_name: 'Desktop',
      redirect_uris: [CALLBACK],
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scope: 'openid offline_access read admin',
      token_endpoint_auth_method: 'none',
    };
    const options = { execute: [openid.allowInsecureRequests] };
    const config = await openid.dynamicClientRegistration(new URL(here.server.issuer), sent, openid.None(), options);
    const client = config.clientMetadata();
    // Without what a client that registers itself cannot have here.
    const allowed = { grant_types: ['authorization_code', 'refresh_token'], scope: 'openid offline_access read' };
    expect(client).toMatchObject({ ...sent, ...allowed });
    expect(client['registration_client_uri']).toBe(`${here.server.issuer}/oauth2/register/${client.client_id}`);
    const place = `${here.server.admin}/admin/clients/${client.client_id}`;
    expect((await request(`${place}/activity`)).body).toMatchObject({ last_used_at: null });
    const tokens = await (await consent(here.server, config, 'openid offline_access read'))();
    const { access_token: token } = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await openid.fetchUserInfo(config, token, 'carla')).toMatchObject({ sub: 'carla' });
    expect((await request(`${place}/activity`)).body).toMatchObject({ last_used_at: expect.any(String) });
  });

  it('lets a public client survive that is used here, when clients that nobody uses are removed', async () => {
    const sent = { redirect_uris: [CALLBACK], application_type: 'native', token_endpoint_auth_method: 'none' };
    const options = { execute: [openid.allowInsecureRequests] };
    const registered = () =>
      openid.dynamicClientRegistration(new URL(here.server.issuer), sent, openid.None(), options);
    const [inUse, unused] = [await registered(), await registered()];
    const ids = [inUse, unused].map((config) => config.clientMetadata().client_id);
    const { dataSource, database } = here;
    const ago = '2020-01-31T12:00:00.000Z';
    await dataSource.query(
      `UPDATE oauth2_client_use SET unused_since = '${ago}' WHERE client_id IN ('${ids.join("', '")}')`,
    );
    await (
      await consent(here.server, inUse, 'openid')
    )();
    // The first report comes after the use.
    await eventually(async () => {
      const rows = await dataSource.query<{ id: string }[]>(
        `SELECT client_id AS id FROM oauth2_client_use WHERE last_used_at IS NOT NULL AND client_id = '${ids[0]}' AND EXISTS (SELECT 1 FROM oauth2_client_first_report)`,
      );
      return rows.length > 0;
    });
    await dataSource.query(`UPDATE oauth2_client_first_report SET reported_at = '${ago}'`);
    await using file = await fileOf('default: { removeUnusedAfter: 24h }');
    const environment = { DATABASE_URL: database.url, REGISTRATION_POLICIES: file.path };
    expect(await commandHere(['sweep', '--quiet'], { environment })).toEqual({
      exitCode: 0,
      stdout: `${ids[1]}\n`,
      stderr: '',
    });
    const statuses = ids.map(async (id) => (await request(`${here.server.admin}/admin/clients/${id}`)).status);
    expect(await Promise.all(statuses)).toEqual([200, 404]);
  });

  it('has registration, and nothing else of the registry, where everybody reaches it', async () => {
    for (const path of [
      '/admin/clients',
      '/oauth2/../admin/clients',
      '/oauth2/%2e%2e/admin/clients',
      '/oauth2//admin/clients',
    ])
      expect((await rawRequest(here.server.issuer, { path })).status).toBe(404);
    expect((await rawRequest(`${here.server.issuer}/oauth2/registration-policies`, {})).status).toBe(200);
  });

  it('gives a person’s tokens to a device', async () => {
    const client = await register(here.server, { ...PERSONAL, token_endpoint_auth_method: 'none' });
    const config = await client.as(openid.None());
    const device = await openid.initiateDeviceAuthorization(config, { scope: 'openid read' });
    const pending = { ...device, interval: 0 };
    const ended = await approve(here.server, new URL(String(device.verification_uri_complete)));
    expect(ended.html).toContain('Sign-in Success');
    const tokens = await openid.pollDeviceAuthorizationGrant(config, pending);
    expect(tokens.claims()?.sub).toBe('carla');
    expect(await refusal(openid.pollDeviceAuthorizationGrant(config, pending))).toBe('invalid_grant');
  });

  it('gives tokens for both secrets of a rotated client, for one after the other is revoked, and for none while it is suspended', async () => {
    const client = await register(here.server, MACHINE);
    const url = `${here.server.admin}/admin/clients/${client.id}`;
    const { body } = await post(`${url}/secrets/rotate`, {});
    const answers = () =>
      Promise.all(
        [client.secret, String(body['client_secret'])].map(async (secret) =>
          refusal(openid.clientCredentialsGrant(await client.as(openid.ClientSecretBasic(secret)))),
        ),
      );
    expect(await answers()).toEqual(['none', 'none']);
    const { text } = await request(`${url}/secrets`);
    const [, older] = JSON.parse(text) as { id: string }[];
    expect((await request(`${url}/secrets/${older?.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await answers()).toEqual(['invalid_client', 'none']);
    await request(`${url}/suspension`, { method: 'PUT', body: {} });
    expect(await answers()).toEqual(['invalid_client', 'invalid_client']);
    await request(`${url}/suspension`, { method: 'DELETE' });
    expect(await answers()).toEqual(['invalid_client', 'none']);
  });

  it('lets a token live as long as its client says', async () => {
    const lifespans = { client_credentials_grant_access_token_lifespan: '1h30m12s' };
    const client = await register(here.server, { ...MACHINE, ...lifespans });
    const config = await client.as(openid.ClientSecretBasic(client.secret));
    const { access_token: token, expires_in: seconds } = await openid.clientCredentialsGrant(config);
    expect(seconds).toBe(5412);
    const { exp = 0, iat = 0 } = await openid.tokenIntrospection(config, token);
    expect(exp - iat).toBe(5412);
    const [stored] = await here.dataSource.query<{ ends: string | number }[]>(
      `SELECT expires_at AS ends FROM oidc_provider_artifact WHERE payload LIKE '%${client.id}%'`,
    );
    expect(Number(stored?.ends)).toBe(exp);
  });

  it('calls a token inactive that its client has revoked, or whose client is suspended', async () => {
    const client = await register(here.server, MACHINE);
    const auditor = await register(here.server, MACHINE);
    const config = await client.as(openid.ClientSecretBasic(client.secret));
    const asked = await auditor.as(openid.ClientSecretBasic(auditor.secret));
    const isActive = async (token: string) => (await openid.tokenIntrospection(asked, token)).active;
    const [revoked, other] = await Promise.all([1, 2].map(() => openid.clientCredentialsGrant(config)));
    await openid.tokenRevocation(config, revoked?.access_token ?? '');
    expect([await isActive(revoked?.access_token ?? ''), await isActive(other?.access_token ?? '')]).toEqual([
      false,
      true,
    ]);
    await request(`${here.server.admin}/admin/clients/${client.id}/suspension`, { method: 'PUT', body: {} });
    expect(await isActive(other?.access_token ?? '')).toBe(false);
  });

  it('gives a code’s tokens once, whichever process is asked at the same time', async () => {
    const environment = { DATABASE_URL: here.database.url, ISSUER: here.server.issuer };
    await using other = await startExample(example, environment);
    const client = await register(here.server, { ...PERSONAL, token_endpoint_auth_method: 'none' });
    const config = await client.as(openid.None());
    const redeem = await consent(here.server, config, 'openid read');
    const metadata = { issuer: here.server.issuer, token_endpoint: `${other.url}/token` };
    const there = new openid.Configuration(metadata, client.id, undefined, openid.None());
    openid.allowInsecureRequests(there);
    const attempts = Array.from({ length: 10 }, (_, at) => refusal(redeem(at % 2 === 0 ? config : there)));
    const answers = await Promise.all(attempts);
    expect(answers.filter((answer) => answer === 'none')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'invalid_grant')).toHaveLength(9);
  });
});

it('the example answers 503 with Retry-After while its database is gone', async () => {
  const database = await POSTGRES.open();
  await using server = await startExample(example, { DATABASE_URL: database.url });
  const client = await register(server, { ...MACHINE, grant_types: ['client_credentials'] });
  const config = await client.as(openid.ClientSecretBasic(client.secret));
  const { access_token: token } = await openid.clientCredentialsGrant(config);
  await database.drop();
  const asked = await Promise.all([
    rawRequest(`${server.issuer}/me`, { headers: { authorization: `Bearer ${token}` } }),
    rawRequest(`${server.issuer}/auth?client_id=${client.id}&response_type=code&scope=openid`, {}),
    rawRequest(`${server.issuer}/device?user_code=BCDF-GHJK`, {}),
  ]);
  const said = expect.stringContaining('temporarily_unavailable');
  for (const { status, headers, text } of asked)
    expect([status, headers['retry-after'], text]).toEqual([503, '1', said]);
  expect(server.output()).not.toContain('server_error');
});

it('the example answers 503, and waits no longer, while somebody has locked its tables', async () => {
  await using database = await POSTGRES.open();
  await using server = await startExample(example, { DATABASE_URL: database.url });
  const { id, secret } = await register(server, MACHINE);
  const operator = new pg.Client({ connectionString: database.url });
  await operator.connect();
  await operator.query('BEGIN');
  await operator.query('LOCK TABLE oidc_provider_artifact');
  const headers = { authorization: basicOf(id, secret), 'content-type': 'application/x-www-form-urlencoded' };
  const ask = () =>
    rawRequest(`${server.issuer}/token`, { method: 'POST', headers, body: 'grant_type=client_credentials' });
  expect(await ask()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  await operator.end();
  expect(await ask()).toMatchObject({ status: 200 });
});
