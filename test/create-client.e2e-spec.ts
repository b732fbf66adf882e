import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { SecretsService } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { getClient, postClient, request } from './support/http.js';
import { FAR } from './support/subject.js';
import { useService } from './support/use.js';

const SEED = JSON.parse(readFileSync(new URL('seed/create-client.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const SERVER_OWNED = ['created_at', 'updated_at', 'registration_access_token', 'registration_client_uri'];

describe.each(SETTINGS)('POST /admin/clients, $setting', ({ start, open }) => {
  const service = useService(start, open);

  it('creates a client of nothing but defaults from an empty object', async () => {
    const { status, headers, body } = await postClient(service.url, {});
    expect(status).toBe(201);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['location']).toBe(
      `${new URL(service.url).pathname.replace(/\/$/, '')}/admin/clients/${String(body['client_id'])}`,
    );
    expect(body).toMatchObject({
      scope: 'offline_access offline openid',
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [],
      metadata: {},
    });
  });

  it('hands the secret out once and verifies it afterwards', async () => {
    const { body } = await postClient(service.url, {});
    const { client_id: id, client_secret: secret } = body as { client_id: string; client_secret: string };
    expect(secret).toMatch(/^oacs_[0-9A-Za-z]{49}$/);
    const read = await getClient(service.url, id);
    expect(read.text).not.toContain(secret);
    expect(read.body).not.toHaveProperty('client_secret');
    expect(read.body).not.toHaveProperty('registration_access_token');
    await expect(service.get(SecretsService).verify(id, secret)).resolves.toBe(true);
    await expect(service.get(SecretsService).verify(id, `${secret}x`)).resolves.toBe(false);
  });

  it('keeps every member of the documented example and shows it again', async () => {
    const { status, body } = await postClient(service.url, SEED);
    expect(status).toBe(201);
    const sent = Object.entries(SEED).filter(([name]) => !SERVER_OWNED.includes(name));
    expect(body).toMatchObject(Object.fromEntries(sent));
    const { body: read } = await getClient(service.url, 'orders-web');
    expect(read).toMatchObject(Object.fromEntries(sent.filter(([name]) => name !== 'client_secret')));
    for (const name of SERVER_OWNED) expect(body[name]).not.toBe(SEED[name]);
  });

  it('lets one of many racing creates of the same id win and changes nothing for the others', async () => {
    const before = await service.rowCount();
    const one = await postClient(service.url, { client_id: 'only', scope: 'a' });
    const rows = (await service.rowCount()) - before;
    const racing = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        postClient(service.url, { client_id: 'race', owner: `racer${index}`, scope: 'a' }),
      ),
    );
    expect(racing.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array<number>(19).fill(409)]);
    const winner = racing.find(({ status }) => status === 201);
    expect(one.status).toBe(201);
    expect((await getClient(service.url, 'race')).body['owner']).toBe(winner?.body['owner']);
    expect(racing.find(({ status }) => status === 409)?.body).toMatchObject({ error: 'conflict' });
    // The winner has one word more than `only`: its owner.
    expect((await service.rowCount()) - before).toBe(2 * rows + 1);
  });

  it('makes no secret for a method that uses none, and neither stores nor shows a chosen one', async () => {
    const { status, body } = await postClient(service.url, {
      token_endpoint_auth_method: 'none',
      client_secret: 'a chosen secret',
      client_secret_expires_at: 4102444800,
    });
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('client_secret');
    expect(body['client_secret_expires_at']).toBe(0);
    await expect(service.get(SecretsService).verify(String(body['client_id']), 'a chosen secret')).resolves.toBe(false);
  });

  it('tells secrets of 200 bytes apart that differ only in their end, and takes no digest for a secret', async () => {
    const [one, other] = ['1', '2'].map((end) => 's'.repeat(199) + end) as [string, string];
    const { body } = await postClient(service.url, { client_secret: one });
    const secrets = service.get(SecretsService);
    const id = String(body['client_id']);
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(one))).toString('base64');
    await expect(secrets.verify(id, one)).resolves.toBe(true);
    for (const wrong of [other, digest, one.slice(0, 72), ''])
      await expect(secrets.verify(id, wrong)).resolves.toBe(false);
  });

  it('does not take a secret that has ended, nor any secret of an unknown client', async () => {
    const { body } = await postClient(service.url, {
      client_secret: 'for a moment',
      client_secret_expires_at: FAR,
    });
    const secrets = service.get(SecretsService);
    await expect(secrets.verify(String(body['client_id']), 'for a moment')).resolves.toBe(true);
    await service.dataSource.query(
      `UPDATE oauth2_client_secret SET expires_at = 1 WHERE client_id = '${String(body['client_id'])}'`,
    );
    await expect(secrets.verify(String(body['client_id']), 'for a moment')).resolves.toBe(false);
    await expect(secrets.verify('nobody', 'for a moment')).resolves.toBe(false);
  });

  it('answers 404 for an unknown, an overlong and an impossible id', async () => {
    for (const id of ['nobody', 'x'.repeat(256), 'a\0b']) {
      const { status, body, headers } = await getClient(service.url, id);
      expect(status).toBe(404);
      expect(body).toMatchObject({ error: 'not_found' });
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('has its short name, HEAD, trailing slashes and 405 with Allow', async () => {
    const { headers } = await postClient(service.url, { client_id: 'a/b c' }, '/clients/');
    expect(headers['location']).toMatch(/\/admin\/clients\/a%2Fb%20c$/);
    const path = `${service.url}/clients/a%2Fb%20c`;
    const [get, head, put, post] = await Promise.all([
      request(`${path}/`),
      request(path, { method: 'HEAD' }),
      request(`${service.url}/admin/clients`, { method: 'PUT' }),
      request(path, { method: 'POST' }),
    ]);
    expect([get.status, head.status, put.status, post.status]).toEqual([200, 200, 405, 405]);
    expect(head.text).toBe('');
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(put.headers['allow']).toBe('POST, GET, HEAD');
    expect(post.headers['allow']).toBe('GET, HEAD, PATCH, PUT, DELETE');
    expect(put.body).toMatchObject({ error: 'invalid_request' });
  });

  it('tells every fault of a body in one answer and leaves nothing behind', async () => {
    const before = await service.rowCount();
    const { status, body } = await postClient(service.url, {
      redirect_uris: ['https://a.example/ok', 'javascript:alert(1)', '*'],
      logo_uri: 'logo',
      jwks_uri: 'https://a.example/j',
      jwks: { keys: [] },
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: 'invalid_redirect_uri',
      error_description: expect.stringContaining('redirect_uris[1]'),
    });
    expect((body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      '/redirect_uris/1',
      '/redirect_uris/2',
      '/logo_uri',
      '/jwks',
    ]);
    expect(await service.rowCount()).toBe(before);
  });
});
