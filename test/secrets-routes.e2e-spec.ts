import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { SETTINGS, startStandalone, type RunningApp } from './support/app.js';
import { DATABASES, type TestDatabase } from './support/databases.js';
import { postClient, type Answer } from './support/http.js';

interface Place {
  id: string;
  /** Where the client is addressed by the full name of the collection. */
  url: string;
  /** The same by its short name. */
  short: string;
}

async function requested(url: string, method: string, body?: string): Promise<Answer> {
  const response = await fetch(url, { method, body, headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  const members = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: response.status, headers: Object.fromEntries(response.headers), text, body: members };
}

async function created({ url }: RunningApp, id: string): Promise<Place> {
  expect((await postClient(url, { client_id: id })).status).toBe(201);
  const path = encodeURIComponent(id);
  return { id, url: `${url}/admin/clients/${path}`, short: `${url}/clients/${path}` };
}

async function added({ url }: Place): Promise<string> {
  const { status, body } = await requested(`${url}/secrets`, 'POST');
  expect(status).toBe(201);
  return String(body['id']);
}

/** All that is known of a client. */
async function state({ url }: Place): Promise<unknown> {
  const [client, secrets] = await Promise.all([requested(url, 'GET'), requested(`${url}/secrets`, 'GET')]);
  return [client.status, client.text, client.headers['etag'], secrets.text];
}

/** The status of a request that a page of another site makes a browser send. */
function fromForeignPage(url: string, method: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
    const call = request(url, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    call.on('error', reject).end(body);
  });
}

describe.each(SETTINGS)('the routes below a client, $setting', ({ start, open }) => {
  let database: TestDatabase;
  let service: RunningApp;
  let subject: Place;
  let secret: string;
  beforeAll(async () => {
    database = await open();
    service = await start({ database });
    subject = await created(service, `a/b %ü ${'x'.repeat(248)}`);
    secret = await added(subject);
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

  it('have their short names, trailing slashes, and clients of any id', async () => {
    expect(subject.id).toHaveLength(255);
    const full = await requested(`${subject.url}/secrets`, 'GET');
    for (const url of [`${subject.url}/secrets/`, `${subject.short}/secrets`, `${subject.short}/secrets/`]) {
      const answer = await requested(url, 'GET');
      expect([answer.status, answer.text]).toEqual([200, full.text]);
    }
    for (const base of [subject.url, subject.short])
      for (const slash of ['', '/'])
        for (const [method, path, status] of [
          ['POST', '/secrets', 201],
          ['DELETE', `/secrets/${await added(subject)}`, 204],
          ['POST', '/secrets/rotate', 200],
          ['DELETE', '/secrets/rotate', 200],
          ['PUT', '/lifespans', 200],
        ] as const) {
          const before = await state(subject);
          const body =
            path === '/lifespans' ? `{"implicit_grant_id_token_lifespan":"${base.length}h0${slash && 's'}0m"}` : '{}';
          expect([path, (await requested(base + path + slash, method, body)).status]).toEqual([path, status]);
          expect(await state(subject)).not.toEqual(before);
        }
  });

  it('answer HEAD where they answer GET', async () => {
    const get = await requested(`${subject.url}/secrets`, 'GET');
    for (const url of [subject.url, subject.short]) {
      const head = await requested(`${url}/secrets`, 'HEAD');
      expect([head.status, head.text, head.headers['content-length']]).toEqual([
        200,
        '',
        get.headers['content-length'],
      ]);
    }
  });

  it.each([
    ['/secrets', ['GET', 'HEAD', 'POST'], ['PUT', 'PATCH', 'DELETE']],
    ['/secrets/rotate', ['DELETE', 'POST'], ['GET', 'HEAD', 'PUT', 'PATCH']],
    ['/secrets/{id}', ['DELETE'], ['GET', 'HEAD', 'POST', 'PUT', 'PATCH']],
    ['/lifespans', ['PUT'], ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']],
  ])('of %s answer all methods but %j with 405 and Allow', async (path, allowed, others) => {
    const before = await state(subject);
    for (const base of [subject.url, subject.short])
      for (const method of others) {
        const { status, headers, body } = await requested(base + path.replace('{id}', secret), method);
        expect([method, status, headers['allow']?.split(', ').toSorted()]).toEqual([method, 405, allowed]);
        if (method !== 'HEAD') expect(body['error']).toBe('invalid_request');
      }
    expect(await state(subject)).toEqual(before);
  });
});

describe.each(DATABASES)('the standalone service, on $database', ({ open }) => {
  let database: TestDatabase;
  let service: RunningApp;
  beforeAll(async () => {
    database = await open();
    service = await startStandalone({ database });
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

  it.each([
    ['PUT', '', '{"client_name":"foreign"}'],
    ['PATCH', '', '[{"op":"add","path":"/client_name","value":"foreign"}]'],
    ['DELETE', '', ''],
    ['PUT', '/lifespans', '{"implicit_grant_id_token_lifespan":"1h"}'],
    ['GET', '/secrets', ''],
    ['POST', '/secrets', '{}'],
    ['DELETE', '/secrets/{id}', ''],
    ['POST', '/secrets/rotate', ''],
    ['DELETE', '/secrets/rotate', ''],
  ])('refuses %s of a client%s to a page of another site, and changes nothing', async (method, path, body) => {
    const subject = await created(service, `foreign ${method} ${path}`);
    const place = path.replace('{id}', await added(subject));
    const before = await state(subject);
    for (const base of [subject.url, subject.short]) {
      expect(await fromForeignPage(base + place, method, body)).toBe(403);
      expect(await fromForeignPage(`${base}${place}/`, method, body)).toBe(403);
    }
    expect(await state(subject)).toEqual(before);
    const own = await requested(subject.url + place, method, body || undefined);
    expect(own.status).toBeLessThan(300);
  });

  it('refuses the list to a page of another site', async () => {
    for (const path of ['/admin/clients', '/clients'])
      expect(await fromForeignPage(service.url + path, 'GET', '')).toBe(403);
  });

  // A host may parse bodies itself, and refuse these before the registry sees them.
  it.each(['/secrets', '/secrets/rotate'])('refuses at %s a body that is no object, but null', async (path) => {
    const subject = await created(service, `no object ${path}`);
    const before = await state(subject);
    for (const text of ['5', '"1h"', 'true', '[]', '[{}]', '{', ' ', '{"grace":"1h"} {}', '\uFEFF{}']) {
      const { status, body } = await requested(subject.url + path, 'POST', text);
      expect([text, status, body['error'], await state(subject)]).toEqual([text, 400, 'invalid_request', before]);
    }
    expect((await requested(subject.url + path, 'POST', 'null')).status).toBeLessThan(300);
    expect(await state(subject)).not.toEqual(before);
  });
});
