import { beforeAll, describe, expect, it } from '@jest/globals';
import { SETTINGS, startStandalone, type RunningApp } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { rawRequest, request } from './support/http.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

/** A client, and where it is addressed by the full and by the short name of the collection. */
type Place = Subject & { url: string; short: string };

async function created(service: RunningApp, client_id: string): Promise<Place> {
  const subject = await Subject.create(service, { client_id });
  const [url = '', short = ''] = ['/admin/clients/', '/clients/'].map(
    (path) => service.url + path + encodeURIComponent(client_id),
  );
  return Object.assign(subject, { url, short });
}

/** Adds a secret and returns its id. */
async function added(subject: Subject): Promise<string> {
  return String((await subject.add()).body['id']);
}

/** The status of a request that a page of another site makes a browser send. */
async function fromForeignPage(url: string, method: string, body: string): Promise<number> {
  const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
  return (await rawRequest(url, { method, headers, body })).status;
}

describe.each(SETTINGS)('the routes below a client, $setting', ({ start, open }) => {
  const service = useService(start, open);
  let subject: Place;
  let secret: string;
  beforeAll(async () => {
    subject = await created(service, `a/b %ü ${'x'.repeat(248)}`);
    secret = await added(subject);
  });

  it('have their short names, trailing slashes, and clients of any id', async () => {
    expect(subject.id).toHaveLength(255);
    const full = await subject.send('GET', '/secrets');
    for (const url of [`${subject.url}/secrets/`, `${subject.short}/secrets`, `${subject.short}/secrets/`]) {
      const answer = await request(url);
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
          const before = await subject.state();
          const body =
            path === '/lifespans' ? `{"implicit_grant_id_token_lifespan":"${base.length}h0${slash && 's'}0m"}` : '{}';
          expect([path, (await request(base + path + slash, { method, body })).status]).toEqual([path, status]);
          expect(await subject.state()).not.toEqual(before);
        }
  });

  it('answer HEAD where they answer GET', async () => {
    const get = await subject.send('GET', '/secrets');
    for (const url of [subject.url, subject.short]) {
      const head = await request(`${url}/secrets`, { method: 'HEAD' });
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
    const before = await subject.state();
    for (const base of [subject.url, subject.short])
      for (const method of others) {
        const { status, headers, body } = await request(base + path.replace('{id}', secret), { method });
        expect([method, status, headers['allow']?.split(', ').toSorted()]).toEqual([method, 405, allowed]);
        if (method !== 'HEAD') expect(body['error']).toBe('invalid_request');
      }
    expect(await subject.state()).toEqual(before);
  });
});

describe.each(DATABASES)('the standalone service, on $database', ({ open }) => {
  const service = useService(startStandalone, open);

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
    const before = await subject.state();
    for (const base of [subject.url, subject.short]) {
      expect(await fromForeignPage(base + place, method, body)).toBe(403);
      expect(await fromForeignPage(`${base}${place}/`, method, body)).toBe(403);
    }
    expect(await subject.state()).toEqual(before);
    const own = await subject.send(method, place, body || undefined);
    expect(own.status).toBeLessThan(300);
  });

  it('refuses the list to a page of another site', async () => {
    for (const path of ['/admin/clients', '/clients'])
      expect(await fromForeignPage(service.url + path, 'GET', '')).toBe(403);
  });

  // A host may parse bodies itself, and refuse these before the registry sees them.
  it.each(['/secrets', '/secrets/rotate'])('refuses at %s a body that is no object, but null', async (path) => {
    const subject = await created(service, `no object ${path}`);
    const before = await subject.state();
    for (const text of ['5', '"1h"', 'true', '[]', '[{}]', '{', ' ', '{"grace":"1h"} {}', '\uFEFF{}']) {
      const { status, body } = await subject.send('POST', path, text);
      expect([text, status, body['error'], await subject.state()]).toEqual([text, 400, 'invalid_request', before]);
    }
    expect((await subject.send('POST', path, 'null')).status).toBeLessThan(300);
    expect(await subject.state()).not.toEqual(before);
  });
});
