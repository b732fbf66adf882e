import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import { request } from './support/http.js';
import { handedOut, startRegistrationHost, useRegistrationHost } from './support/registration-host.js';
import { keyFor, now, published, signedBy } from './support/tokens.js';

const KEY = keyFor('ES256', 'vendor');
const VENDOR = 'https://vendor.example';
const CALLBACK = { redirect_uris: ['https://app.example.com/cb'] };
const POLICY = {
  allow: {
    grant_types: ['authorization_code', 'refresh_token'],
    scope: ['openid', 'orders:*'],
    redirect_uris: ['https://*.example.com', 'http://localhost'],
  },
  defaults: { scope: 'openid' },
  force: { metadata: { from: 'the door' } },
  must: ['client_name'] as const,
  statementIssuers: [{ issuer: VENDOR, jwks: { keys: [published(KEY)] } }],
};

const statementOf = (claims: object) => signedBy(KEY, { iss: VENDOR, iat: now(), ...claims }, { typ: 'JWT' });

describe.each(SETTINGS)('a client under a policy, $setting,', ({ open, isFastify }) => {
  const host = useRegistrationHost({ open, isFastify }, { policies: { default: POLICY } });

  const register = async (members: object) => {
    const answer = await host.register({ ...CALLBACK, client_name: 'Shop', ...members });
    return { ...answer, ...handedOut(answer) };
  };
  const pointersOf = ({ body }: { body: Record<string, unknown> }) =>
    (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);

  it('gets what the policy gives', async () => {
    const { status, id, body } = await register({});
    expect([status, body['scope']]).toEqual([201, 'openid']);
    expect((await host.admin('GET', id)).body).toMatchObject({ metadata: { from: 'the door' }, scope: 'openid' });
  });

  it('is refused with every member that it may not have, and nothing is written', async () => {
    const before = (await host.admin('GET', '')).text;
    const answer = await host.register({
      redirect_uris: ['https://app.example.com/cb', 'https://evil.example/cb'],
      scope: 'openid admin',
      owner: 'me',
      metadata: {},
      skip_consent: true,
      refresh_token_grant_refresh_token_lifespan: '99999h',
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
    });
    expect([answer.status, pointersOf(answer).toSorted()]).toEqual([
      400,
      [
        '/client_name',
        '/grant_types/1',
        '/metadata',
        '/owner',
        '/redirect_uris/1',
        '/refresh_token_grant_refresh_token_lifespan',
        '/scope',
        '/skip_consent',
      ],
    ]);
    expect((await host.admin('GET', '')).text).toBe(before);
  });

  it('cannot get in two steps what it cannot get in one, whatever an administrator does in between', async () => {
    const { id, token } = await register({ scope: 'openid' });
    const added = [{ op: 'replace', path: '/scope', value: 'openid admin' }];
    expect((await host.admin('PATCH', id, added)).status).toBe(200);
    const kept = await host.manage('PUT', id, token, { ...CALLBACK, client_name: 'Shop', scope: 'admin orders:read' });
    expect([kept.status, kept.body['scope']]).toEqual([200, 'admin orders:read']);
    const dropped = await host.manage('PUT', id, handedOut(kept).token, {
      ...CALLBACK,
      client_name: 'Shop',
      scope: 'openid',
    });
    const again = await host.manage('PUT', id, handedOut(dropped).token, {
      ...CALLBACK,
      client_name: 'Shop',
      scope: 'admin',
    });
    expect([dropped.status, again.status, pointersOf(again)]).toEqual([200, 400, ['/scope']]);
    const elsewhere = { redirect_uris: ['https://evil.example/cb'], client_name: 'Shop' };
    expect(pointersOf(await host.manage('PUT', id, handedOut(dropped).token, elsewhere))).toEqual(['/redirect_uris/0']);
  });

  it('sends back what it has read, and what an administrator has set stays', async () => {
    const { id, token } = await register({});
    const set = {
      owner: 'team-a',
      audience: ['https://api.example.com'],
      skip_consent: true,
      access_token_strategy: 'jwt',
      metadata: { vip: true },
      grant_types: ['authorization_code', 'client_credentials'],
      refresh_token_grant_refresh_token_lifespan: '9000h',
    };
    const { body: stored } = await host.admin('GET', id);
    expect((await host.admin('PUT', id, { ...stored, ...set })).status).toBe(200);
    const { body: read } = await host.manage('GET', id, token);
    const replaced = await host.manage('PUT', id, token, read);
    expect(replaced.status).toBe(200);
    expect((await host.admin('GET', id)).body).toMatchObject(set);
    const own = { ...CALLBACK, client_name: 'Renamed' };
    const renamed = await host.manage('PUT', id, handedOut(replaced).token, own);
    expect(renamed.status).toBe(200);
    expect((await host.admin('GET', id)).body).toMatchObject({ ...set, ...own, grant_types: [] });
  });

  it('is what its software statement says', async () => {
    const statement = statementOf({ client_name: 'Vouched', software_id: 'shop', scope: 'openid orders:read' });
    const { status, body, id, token } = await register({
      software_statement: statement,
      scope: 'openid',
      client_name: 'Bank',
    });
    const vouched = { client_name: 'Vouched', software_id: 'shop', scope: 'openid orders:read' };
    expect(status).toBe(201);
    expect(body).toMatchObject({ software_statement: statement, ...vouched });
    const renamed = await host.manage('PUT', id, token, { ...body, client_secret: undefined, client_name: 'Bank' });
    expect([renamed.status, renamed.body['client_name']]).toEqual([200, 'Vouched']);
    const later = {
      ...body,
      client_secret: undefined,
      software_statement: statementOf({ client_name: 'Vouched', exp: 1 }),
    };
    expect((await host.manage('PUT', id, handedOut(renamed).token, later)).body['error']).toBe(
      'invalid_software_statement',
    );
  });

  it('gets nothing by a software statement that it could not have without one', async () => {
    const refused = await register({ software_statement: statementOf({ owner: 'team-a', scope: 'admin' }) });
    expect([refused.status, pointersOf(refused).toSorted()]).toEqual([400, ['/owner', '/scope']]);
    const unapproved = await register({ software_statement: statementOf({ iss: 'https://other.example' }) });
    expect([unapproved.status, unapproved.body['error']]).toEqual([400, 'unapproved_software_statement']);
  });

  it('can ask what the door offers', async () => {
    const { status, body } = await request(`${host.url}/oauth2/registration-policies`);
    expect(status).toBe(200);
    expect(body['policies']).toEqual([
      expect.objectContaining({
        name: 'default',
        required: ['client_name'],
        closed: expect.arrayContaining(['owner', 'metadata']),
        software_statement_issuers: [VENDOR],
        registration_access_token: true,
        values: expect.objectContaining({
          ...POLICY.allow,
          token_endpoint_auth_method: expect.arrayContaining(['none', 'private_key_jwt']),
          token_endpoint_auth_signing_alg: expect.arrayContaining(['ES256']),
        }),
      }),
    ]);
    expect(JSON.stringify(body)).not.toContain('the door');
  });
});

it('has no application that starts with policies that cannot be used', async () => {
  const policies = { default: { must: ['owner'] as const } };
  await expect(startRegistrationHost('Express', { url: 'sqlite::memory:' }, { policies })).rejects.toThrow(
    'Options of RegistrationModule: policies cannot be used: default.must must not have owner: no client may set it.',
  );
});
