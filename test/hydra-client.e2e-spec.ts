import { beforeAll, describe, expect, it } from '@jest/globals';
import { Configuration, OAuth2Api, type JsonPatch, type OAuth2Client } from '@ory/hydra-client';
import axios, { type AxiosResponseHeaders, type InternalAxiosRequestConfig } from 'axios';
import { randomUUID } from 'node:crypto';
import { SecretsService } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { requireDocumented } from './support/http.js';
import { refusal } from './support/refusal.js';
import { KEY_HEADERS } from './support/full-key.mjs';
import { useService } from './support/use.js';

const SITE = 'https://app.example.com';
const FULL: OAuth2Client = {
  client_name: 'Orders',
  redirect_uris: [`${SITE}/cb`, 'com.example.app:/cb'],
  grant_types: ['client_credentials', 'authorization_code'],
  response_types: ['code', 'id_token'],
  scope: 'scope1 scope2',
  audience: ['https://api.example.com'],
  policy_uri: `${SITE}/policy`,
  allowed_cors_origins: [SITE],
  tos_uri: `${SITE}/tos`,
  client_uri: SITE,
  logo_uri: `${SITE}/logo.png`,
  contacts: ['ops@example.com', 'dev@example.com'],
  subject_type: 'public',
  jwks_uri: `${SITE}/keys`,
  token_endpoint_auth_method: 'client_secret_basic',
  request_uris: [`${SITE}/request`],
  request_object_signing_alg: 'RS256',
  userinfo_signed_response_alg: 'RS256',
  frontchannel_logout_uri: `${SITE}/front`,
  frontchannel_logout_session_required: true,
  post_logout_redirect_uris: [`${SITE}/bye`],
  backchannel_logout_uri: `${SITE}/back`,
  backchannel_logout_session_required: true,
  metadata: { foo: 'bar', list: [1, { deep: null }] },
  access_token_strategy: 'jwt',
  skip_consent: true,
  skip_logout_consent: false,
  authorization_code_grant_id_token_lifespan: '90m',
};

/** A client without what only some answers show. */
function lasting(client: OAuth2Client): OAuth2Client {
  const { client_secret: _, registration_access_token: __, registration_client_uri: ___, ...shown } = client;
  return shown;
}

/** As {@link lasting}, without the time of the last change either. */
function members(client: OAuth2Client): OAuth2Client {
  const { updated_at: _, ...shown } = lasting(client);
  return shown;
}

/** Compares the text of each answer with the OpenAPI document before the client reads it. */
const documented = {
  transformResponse: [
    function (this: InternalAxiosRequestConfig, text: string, headers: AxiosResponseHeaders, status = 0) {
      const { method, url = '' } = this;
      requireDocumented({ method: method?.toUpperCase(), path: new URL(url).pathname, status, headers, text });
      return text;
    },
    ...[axios.defaults.transformResponse ?? []].flat(),
  ],
};

/** Other people's client of the contract, driving the running service. */
describe.each(SETTINGS)('@ory/hydra-client, $setting', ({ start, open }) => {
  const service = useService(start, open);
  let hydra: OAuth2Api;
  beforeAll(() => {
    hydra = new OAuth2Api(
      new Configuration({ basePath: service.url, baseOptions: { ...documented, headers: KEY_HEADERS } }),
    );
  });

  type Known = OAuth2Client & { client_id: string };
  async function create(oAuth2Client: OAuth2Client): Promise<Known> {
    const { status, data } = await hydra.createOAuth2Client({ oAuth2Client });
    expect(status).toBe(201);
    return { ...data, client_id: data.client_id ?? '' };
  }
  const get = async (id: string) => (await hydra.getOAuth2Client({ id })).data;
  const patch = async (id: string, ...jsonPatch: JsonPatch[]) =>
    (await hydra.patchOAuth2Client({ id, jsonPatch })).data;
  const isSecret = (id: string, secret = '') => service.get(SecretsService).verify(id, secret);

  it('gives the default scopes to a client that asks for none', async () => {
    expect((await create({})).scope).toBe('offline_access offline openid');
  });

  it('echoes every member of a full client, and adds times, token and registration URI', async () => {
    const created = await create({ ...FULL, client_secret: 'averylongsecret' });
    expect(created).toMatchObject({ ...FULL, client_secret: 'averylongsecret', client_secret_expires_at: 0 });
    for (const time of [created.created_at, created.updated_at]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(created.registration_access_token).toMatch(/^oart_\w{49}$/);
    expect(created.registration_client_uri).toMatch(new RegExp(`/oauth2/register/${created.client_id}$`));
  });

  it('shows the same client when it is read, without the secret', async () => {
    const created = await create({ ...FULL, client_secret: 'averylongsecret' });
    expect(await get(created.client_id)).toEqual(lasting(created));
  });

  it('answers 404 for an unknown client', async () => {
    expect(await refusal(hydra.getOAuth2Client({ id: 'unknown' }))).toEqual([404, 'not_found']);
  });

  it('lists exactly the one client of an owner, without its secret', async () => {
    const owner = randomUUID();
    const created = await create({ ...FULL, owner });
    await create({ ...FULL, owner: `${owner} too` });
    const { data } = await hydra.listOAuth2Clients({ pageSize: 100, owner });
    expect(data).toEqual([lasting(created)]);
  });

  it('leaves a client as it is when it is replaced by itself', async () => {
    const created = await create({ ...FULL, client_secret: 'averylongsecret' });
    const { data } = await hydra.setOAuth2Client({ id: created.client_id, oAuth2Client: created });
    expect(members(data)).toEqual(members(created));
    expect([data.client_secret, data.client_secret_expires_at]).toEqual(['averylongsecret', 0]);
    expect(await isSecret(created.client_id, 'averylongsecret')).toBe(true);
  });

  it('replaces all of a client but its id, whatever id the body has', async () => {
    const created = await create(FULL);
    const other = { client_id: 'another-id', client_name: 'Other', redirect_uris: [`${SITE}/other`] };
    const { data } = await hydra.setOAuth2Client({ id: created.client_id, oAuth2Client: other });
    const plain = { ...(await create({})), ...other, client_id: created.client_id, created_at: created.created_at };
    expect(members(data)).toEqual(members(plain));
    expect(await get(created.client_id)).toEqual(data);
    expect(await refusal(hydra.getOAuth2Client({ id: 'another-id' }))).toEqual([404, 'not_found']);
    const impossible = { ...other, client_id: 'x'.repeat(256) };
    expect((await hydra.setOAuth2Client({ id: created.client_id, oAuth2Client: impossible })).status).toBe(200);
  });

  it('shows no secret after a client was replaced with one', async () => {
    const { client_id: id } = await create(FULL);
    const { data } = await hydra.setOAuth2Client({ id, oAuth2Client: { ...FULL, client_secret: 'anothersecret' } });
    expect(data.client_secret).toBe('anothersecret');
    expect(await get(id)).toEqual(lasting(data));
  });

  it('no longer finds a client after it was deleted', async () => {
    const { client_id: id } = await create(FULL);
    const { status, data } = await hydra.deleteOAuth2Client({ id });
    expect([status, data]).toEqual([204, '']);
    expect(await refusal(hydra.getOAuth2Client({ id }))).toEqual([404, 'not_found']);
    expect(await refusal(hydra.deleteOAuth2Client({ id }))).toEqual([404, 'not_found']);
  });

  it('returns no secret for a client that uses none', async () => {
    expect(await create({ token_endpoint_auth_method: 'none' })).not.toHaveProperty('client_secret');
  });

  it('echoes the secret that a client was created with', async () => {
    const { client_id: id, client_secret } = await create({ client_secret: 'secret' });
    expect(client_secret).toBe('secret');
    expect(await isSecret(id, 'secret')).toBe(true);
  });

  it('keeps an id of the caller', async () => {
    const id = randomUUID();
    expect((await create({ client_id: id })).client_id).toBe(id);
    expect((await get(id)).client_id).toBe(id);
    expect(await refusal(create({ client_id: id }))).toEqual([409, 'conflict']);
  });

  it('appends a redirect URI by a patch, and leaves the rest as it is', async () => {
    const created = await create(FULL);
    const patched = await patch(created.client_id, { op: 'add', path: '/redirect_uris/-', value: `${SITE}/new` });
    const redirects = [...(created.redirect_uris ?? []), `${SITE}/new`];
    expect(members(patched)).toEqual({ ...members(created), redirect_uris: redirects });
    expect(patched).toEqual(lasting(patched));
    expect(await get(created.client_id)).toEqual(patched);
  });

  it.each(['/id', '/client_id'])('refuses a patch of %s, and changes nothing', async (path) => {
    const created = await create(FULL);
    const jsonPatch = [
      { op: 'replace', path: '/client_name', value: 'Changed' },
      { op: 'replace', path, value: 'foo' },
    ];
    expect(await refusal(hydra.patchOAuth2Client({ id: created.client_id, jsonPatch }))).toEqual([
      400,
      'invalid_request',
    ]);
    expect(await get(created.client_id)).toEqual(lasting(created));
  });

  it('keeps the secret when another member is patched, and does not show it', async () => {
    const created = await create({ ...FULL, client_secret: 'averylongsecret' });
    const patched = await patch(created.client_id, { op: 'replace', path: '/client_uri', value: `${SITE}/new` });
    expect(patched).toEqual(lasting(patched));
    expect(members(patched)).toEqual({ ...members(created), client_uri: `${SITE}/new` });
    expect(await isSecret(created.client_id, 'averylongsecret')).toBe(true);
  });

  it('returns a secret that a patch sets; from then on it is the only one', async () => {
    const { client_id: id, client_secret: old } = await create(FULL);
    expect(await isSecret(id, old)).toBe(true);
    const patched = await patch(id, { op: 'replace', path: '/client_secret', value: 'newlongsecret' });
    expect(patched.client_secret).toBe('newlongsecret');
    expect(await isSecret(id, 'newlongsecret')).toBe(true);
    expect(await isSecret(id, old)).toBe(false);
  });

  it('patches a client with a jwks_uri, with which the empty jwks that is shown does not clash', async () => {
    const created = await create({ jwks_uri: `${SITE}/keys` });
    expect(created.jwks).toEqual({});
    const patched = await patch(created.client_id, { op: 'replace', path: '/client_name', value: 'test' });
    expect(patched).toMatchObject({ client_name: 'test', jwks_uri: `${SITE}/keys`, jwks: {} });
  });

  it('leads through a list by the page token of the Link header', async () => {
    const clientName = randomUUID();
    const ids = ['c', 'a', 'b'].map((end) => `${clientName}-${end}`);
    for (const id of ids) await create({ client_id: id, client_name: clientName });
    const pages: unknown[] = [];
    for (let pageToken: string | undefined, more = true; more; more = pageToken !== undefined) {
      const { data, headers } = await hydra.listOAuth2Clients({ clientName, pageSize: 2, pageToken });
      pages.push(data.map(({ client_id }) => client_id));
      const [, next] = /<([^>]*)>; rel="next"/.exec(String(headers['link'])) ?? [];
      pageToken = next && (new URL(next, service.url).searchParams.get('page_token') ?? undefined);
    }
    const [a, b, c] = ids.toSorted();
    expect(pages).toEqual([[a, b], [c]]);
  });

  it('replaces all lifespans and nothing else, and shows them as they were sent', async () => {
    const created = await create(FULL);
    const { data } = await hydra.setOAuth2ClientLifespans({
      id: created.client_id,
      oAuth2ClientTokenLifespans: { implicit_grant_access_token_lifespan: '060m' },
    });
    const lifespans = {
      implicit_grant_access_token_lifespan: '060m',
      authorization_code_grant_id_token_lifespan: null,
    };
    expect(members(data)).toEqual({ ...members(created), ...lifespans });
    expect(data).toEqual(lasting(data));
    expect(await isSecret(created.client_id, created.client_secret)).toBe(true);
    const unknown = hydra.setOAuth2ClientLifespans({ id: 'unknown', oAuth2ClientTokenLifespans: {} });
    expect(await refusal(unknown)).toEqual([404, 'not_found']);
  });

  it('creates a client and gets it', async () => {
    const { status, data } = await hydra.createOAuth2Client({
      oAuth2Client: {
        client_name: 'Orders',
        grant_types: ['client_credentials'],
        client_credentials_grant_access_token_lifespan: '90m',
        metadata: { a: 1 },
      },
    });
    expect(status).toBe(201);
    expect(data.client_secret).toMatch(/^oacs_/);
    const { data: read } = await hydra.getOAuth2Client({ id: data.client_id ?? '' });
    const { client_secret: _, registration_access_token: __, registration_client_uri: ___, ...shown } = data;
    expect(read).toEqual(shown);
  });

  it('is told what is wrong', async () => {
    await hydra.createOAuth2Client({ oAuth2Client: { client_id: 'taken/id' } });
    expect((await hydra.getOAuth2Client({ id: 'taken/id' })).data.client_id).toBe('taken/id');
    expect(await refusal(hydra.createOAuth2Client({ oAuth2Client: { client_id: 'taken/id' } }))).toEqual([
      409,
      'conflict',
    ]);
    expect(await refusal(hydra.getOAuth2Client({ id: 'nobody' }))).toEqual([404, 'not_found']);
    expect(
      await refusal(hydra.createOAuth2Client({ oAuth2Client: { redirect_uris: ['https://a.example/#x'] } })),
    ).toEqual([400, 'invalid_redirect_uri']);
    expect(await refusal(hydra.createOAuth2Client({ oAuth2Client: { client_secret: '12345' } }))).toEqual([
      400,
      'invalid_client_metadata',
    ]);
  });
});
