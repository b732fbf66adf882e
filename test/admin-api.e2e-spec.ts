import { describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { SecretsService } from '../src/index.js';
import { ALL_SETTINGS } from './support/app.js';
import { type Answer, getClient, postClient, request } from './support/http.js';
import { GENERATED } from './support/subject.js';
import { useService } from './support/use.js';

const REDIRECT = 'http://localhost:3000/cb';
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Members that an answer shows once, and none that only reads. */
const ONCE = ['client_secret', 'registration_access_token', 'registration_client_uri'];
const LISTS = ['redirect_uris', 'grant_types', 'response_types', 'audience', 'allowed_cors_origins', 'contacts'];
const NO_LISTS = Object.fromEntries(LISTS.map((name) => [name, []]));
const LIFESPANS = Object.fromEntries(
  [
    ...['access_token', 'id_token', 'refresh_token'].map((token) => `authorization_code_grant_${token}`),
    'client_credentials_grant_access_token',
    ...['access_token', 'id_token'].map((token) => `implicit_grant_${token}`),
    'jwt_bearer_grant_access_token',
    ...['id_token', 'access_token', 'refresh_token'].map((token) => `refresh_token_grant_${token}`),
    ...['id_token', 'access_token', 'refresh_token'].map((token) => `device_authorization_grant_${token}`),
  ].map((name, at) => [`${name}_lifespan`, `${31 + at}h`]),
);

/** What is shown without the members that are shown once, and without the time of the change. */
function lasting(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => ![...ONCE, 'updated_at'].includes(name)));
}

describe.each(ALL_SETTINGS)('the admin API, $setting', ({ start, open }) => {
  const service = useService(start, open);

  const place = (id: string, below = '') => `${service.url}/admin/clients/${id}${below}`;
  const isSecret = (id: string, secret: string) => service.get(SecretsService).verify(id, secret);

  async function created(members: object = {}): Promise<{ id: string; secret: string; answer: Answer }> {
    const answer = await postClient(service.url, members);
    expect(answer.status).toBe(201);
    const { client_id, client_secret } = answer.body;
    return { id: String(client_id), secret: String(client_secret), answer };
  }

  /** Stored form of the registration access token of a client. */
  async function storedToken(id: string): Promise<string | undefined> {
    const rows = await service.dataSource.query<{ token: string }[]>(
      `SELECT registration_token_digest AS token FROM oauth2_client WHERE id = '${id}'`,
    );
    return rows[0]?.token;
  }

  it('makes a secret of our own form, and a registration access token of which only a digest is stored', async () => {
    const { id, secret, answer } = await created();
    expect(secret).toMatch(GENERATED);
    expect(await isSecret(id, secret)).toBe(true);
    const { registration_access_token: token } = answer.body;
    expect(await storedToken(id)).toBe(createHash('sha256').update(String(token)).digest('hex'));
  });

  it('takes a given secret and echoes it unchanged', async () => {
    const { id, secret } = await created({ client_secret: ' a secret, & more ü ' });
    expect(secret).toBe(' a secret, & more ü ');
    expect(await isSecret(id, secret)).toBe(true);
    expect(await isSecret(id, secret.trim())).toBe(false);
  });

  it('echoes secret, redirect URIs and metadata on create', async () => {
    const members = { client_secret: 'averylongsecret', redirect_uris: [REDIRECT], metadata: { foo: ['bar'] } };
    const { answer } = await created(members);
    expect(answer.body).toMatchObject(members);
  });

  it('refuses a secret of five characters, tells that six are needed, and leaves nothing behind', async () => {
    const before = await service.rowCount();
    const { status, text, body } = await postClient(service.url, { client_secret: 'short' });
    expect([status, body['error']]).toEqual([400, 'invalid_client_metadata']);
    expect(body['error_description']).toMatch(/^client_secret .*\b6\b/);
    expect(text).not.toContain('short');
    expect(await service.rowCount()).toBe(before);
  });

  it('keeps an id that is no UUID, and ends the registration_client_uri with it', async () => {
    const { id, answer } = await created({ client_id: 'not-a-uuid' });
    expect(id).toBe('not-a-uuid');
    expect(answer.headers['location']).toBe(new URL(`${service.url}/admin/clients/not-a-uuid`).pathname);
    expect(answer.body['registration_client_uri']).toMatch(/^https?:\/\/[^/]+\/oauth2\/register\/not-a-uuid$/);
  });

  it('keeps an id that is a UUID', async () => {
    const chosen = randomUUID();
    const { id } = await created({ client_id: chosen });
    expect(id).toBe(chosen);
    expect((await getClient(service.url, chosen)).body['client_id']).toBe(chosen);
  });

  it.each(['skip_consent', 'skip_logout_consent'])('takes %s from an administrator', async (member) => {
    const { id, answer } = await created({ [member]: true });
    expect(answer.body[member]).toBe(true);
    expect((await getClient(service.url, id)).body[member]).toBe(true);
  });

  it('makes a random UUID where no id is given, and tells a complete registration_client_uri', async () => {
    const [one, other] = await Promise.all([created(), created({ client_id: '' })]);
    expect(one.id).not.toBe(other.id);
    for (const { id, answer } of [one, other]) {
      expect(id).toMatch(UUID_V4);
      expect(answer.body['registration_client_uri']).toMatch(new RegExp(`/oauth2/register/${id}$`));
    }
  });

  it.each([
    ['GET', undefined, ''],
    ['PUT', {}, ''],
    ['DELETE', undefined, ''],
    ['PATCH', undefined, ''],
    ['PUT', LIFESPANS, '/lifespans'],
  ])(
    'answers 404 to %s of an unknown client, with a code and a sentence, and makes none',
    async (method, body, below) => {
      const before = await service.rowCount();
      const { status, headers, body: refusal } = await request(place('nobody', below), { method, body });
      expect(status).toBe(404);
      expect(refusal).toEqual({ error: 'not_found', error_description: expect.stringMatching(/client_id\.$/) });
      expect(headers['cache-control']).toBe('no-store');
      expect(await service.rowCount()).toBe(before);
    },
  );

  it('shows a client with empty arrays where it has none, without secret and registration members', async () => {
    const { id, secret, answer } = await created();
    const { status, text, body } = await getClient(service.url, id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ client_id: id, ...NO_LISTS });
    for (const name of ONCE) {
      expect(answer.body).toHaveProperty(name);
      expect(body).not.toHaveProperty(name);
    }
    expect(text).not.toContain(secret);
    expect(body).toEqual({ ...lasting(answer.body), updated_at: answer.body['updated_at'] });
  });

  it('replaces a client by its own answer with one redirect URI more, and echoes the secret that was sent', async () => {
    const members = { client_secret: 'averylongsecret', redirect_uris: [REDIRECT], metadata: { foo: 'bar' } };
    const { id, answer } = await created(members);
    const redirects = [REDIRECT, `${REDIRECT}/2`];
    const { status, body } = await request(place(id), {
      method: 'PUT',
      body: { ...answer.body, redirect_uris: redirects },
    });
    expect(status).toBe(200);
    expect(lasting(body)).toEqual({ ...lasting(answer.body), redirect_uris: redirects });
    expect(body['client_secret']).toBe('averylongsecret');
    expect(await isSecret(id, 'averylongsecret')).toBe(true);
    expect((await getClient(service.url, id)).body['redirect_uris']).toEqual(redirects);
  });

  it('keeps the registration access token when a client is replaced or patched, and never shows it again', async () => {
    const { id, answer } = await created();
    const stored = await storedToken(id);
    const patch = [{ op: 'replace', path: '/owner', value: 'patched' }];
    for (const [method, sent] of [['PUT', { ...answer.body, owner: 'replaced' }] as const, ['PATCH', patch] as const]) {
      const { status, body } = await request(place(id), { method, body: sent });
      expect([status, body['owner']]).toEqual([200, expect.stringMatching(/ed$/)]);
      expect(body).not.toHaveProperty('registration_access_token');
      expect(body).not.toHaveProperty('registration_client_uri');
      expect(await storedToken(id)).toBe(stored);
    }
  });

  it('sets all thirteen lifespans and echoes each as it was sent, without a secret', async () => {
    expect(Object.values(LIFESPANS)).toHaveLength(13);
    const { id, secret, answer } = await created({ client_name: 'Orders', client_secret: 'averylongsecret' });
    const { status, body, text } = await request(place(id, '/lifespans'), { method: 'PUT', body: LIFESPANS });
    expect(status).toBe(200);
    expect(lasting(body)).toEqual({ ...lasting(answer.body), ...NO_LISTS, ...LIFESPANS });
    for (const name of ONCE) expect(body).not.toHaveProperty(name);
    expect((await getClient(service.url, id)).text).toBe(text);
    expect(await isSecret(id, secret)).toBe(true);
  });

  it('unsets the lifespans that are left out', async () => {
    const [[first, span] = ['', '']] = Object.entries(LIFESPANS);
    const { id } = await created(LIFESPANS);
    const { body } = await request(place(id, '/lifespans'), { method: 'PUT', body: { [first]: span } });
    const unset = Object.keys(LIFESPANS).map((name) => [name, name === first ? span : null]);
    expect(body).toMatchObject(Object.fromEntries(unset));
  });

  it('removes a client with all that is its own, and answers with nothing', async () => {
    const before = await service.rowCount();
    const { id, secret } = await created({ redirect_uris: [REDIRECT] });
    const { status, text, headers } = await request(place(id), { method: 'DELETE' });
    expect([status, text, headers['content-type']]).toEqual([204, '', undefined]);
    expect((await getClient(service.url, id)).status).toBe(404);
    expect(await isSecret(id, secret)).toBe(false);
    expect((await request(place(id), { method: 'DELETE' })).status).toBe(404);
    // The journal keeps that it was created, and removed.
    expect(await service.rowCount()).toBe(before + 2);
  });
});
