import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { startStandalone } from './support/app.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { metricsOf, readExposition, valueOf } from './support/exposition.js';
import { KEY_HEADERS } from './support/full-key.mjs';
import { getClient, postClient, rawRequest, request } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const REQUESTS = 'oauth2_registry_http_requests_total';
const DURATION = 'oauth2_registry_http_request_duration_seconds';
const CLIENT = '/admin/clients/:id';

describe.each(DATABASES)('the metrics of a service on $database', ({ open }) => {
  const service = useService(startStandalone, open);

  it('are well-formed, of Prometheus’s media type, and the same at the path of Hydra', async () => {
    const { status, headers, text } = await request(`${service.url}/metrics`);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ]);
    const series = readExposition(text);
    // A garbage collection may come between, the first one.
    const namesOf = (some: typeof series) =>
      new Set(some.map(({ name }) => name).filter((name) => !name.startsWith('nodejs_gc_')));
    const names = namesOf(series);
    const hydra = readExposition((await request(`${service.url}/metrics/prometheus`)).text);
    expect(namesOf(hydra)).toEqual(
      new Set([...names, REQUESTS, `${DURATION}_bucket`, `${DURATION}_sum`, `${DURATION}_count`]),
    );
    for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds', 'nodejs_heap_size_used_bytes'])
      expect([name, valueOf(series, name) >= 0, names.has(name)]).toEqual([name, true, true]);
    expect(valueOf(series, 'oauth2_registry_build_info')).toBe(1);
  });

  it('are those that docs/operations.md lists', async () => {
    const listed = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8').matchAll(
      /^\| `(oauth2_registry_\w+)(?:\{(.*)\})?`/gm,
    );
    const families = [...(await request(`${service.url}/metrics`)).text.matchAll(/^# TYPE (oauth2_registry_\w+)/gm)];
    expect(Array.from(listed, ([, name = '']) => name).toSorted()).toEqual(
      families.map(([, name = '']) => name).toSorted(),
    );
  });

  it('count each request by method, route and status, and time it', async () => {
    const before = await metricsOf(service.url);
    await postClient(service.url, { client_id: 'counted' });
    await postClient(service.url, { client_id: 'counted' });
    for (const id of ['counted', 'counted', 'nobody', 'nobody-either']) await getClient(service.url, id);
    await rawRequest(`${service.url}/admin/clients/counted`, { method: 'HEAD' });
    const after = await metricsOf(service.url);
    const grown = (name: string, labels: Record<string, string>) =>
      valueOf(after, name, labels) - valueOf(before, name, labels);
    expect([
      grown(REQUESTS, { method: 'POST', route: '/admin/clients', status: '201' }),
      grown(REQUESTS, { method: 'POST', route: '/admin/clients', status: '409' }),
      grown(REQUESTS, { method: 'GET', route: CLIENT, status: '200' }),
      grown(REQUESTS, { method: 'GET', route: CLIENT, status: '404' }),
      grown(REQUESTS, { method: 'HEAD', route: CLIENT, status: '200' }),
      grown(`${DURATION}_count`, { method: 'GET', route: CLIENT, status_class: '2xx' }),
      grown(`${DURATION}_count`, { method: 'GET', route: CLIENT, status_class: '4xx' }),
    ]).toEqual([1, 1, 2, 2, 1, 2, 2]);
    expect(grown(`${DURATION}_sum`, { method: 'GET', route: CLIENT, status_class: '2xx' })).toBeGreaterThan(0);
  });

  it('have no label that a caller chooses', async () => {
    const secret = 'a-secret-in-the-wrong-place';
    for (const path of [
      `/${secret}`,
      `/admin/clients/${secret}`,
      `/admin/clients/${secret}/${secret}`,
      `/docs/${secret}`,
    ])
      await request(`${service.url}${path}?${secret}=${secret}`, { headers: { 'x-forwarded-prefix': `/${secret}` } });
    await rawRequest(service.url, { method: 'PROPFIND', path: `/${secret}` });
    const { text } = await request(`${service.url}/metrics`);
    expect(text).not.toContain(secret);
    const series = readExposition(text);
    expect(valueOf(series, REQUESTS, { route: 'other', status: '404' })).toBeGreaterThanOrEqual(3);
    expect(valueOf(series, REQUESTS, { method: 'other' })).toBe(1);
  });

  it('count a caller that was gone before its answer', async () => {
    const { port, host } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    const key = Object.entries(KEY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST /admin/clients HTTP/1.1\r\nHost: ${host}\r\n${key.join('')}Content-Length: 100\r\n\r\n{`);
    await once(socket, 'connect');
    setTimeout(() => socket.destroy(), 50);
    const labels = { method: 'POST', route: '/admin/clients', status: 'aborted' };
    await eventually(async () => valueOf(await metricsOf(service.url), REQUESTS, labels) === 1);
    expect(valueOf(await metricsOf(service.url), `${DURATION}_count`, { status_class: 'aborted' })).toBe(1);
  });
});

describe('METRICS', () => {
  const statusOf = async (url: string, headers: Record<string, string>, path = '/metrics', method = 'GET') =>
    (await request(url + path, { method, headers })).status;

  it.each([
    ['guarded', [200, 403, 401]],
    ['open', [200, 200, 200]],
    ['off', [404, 404, 404]],
  ])('=%s shows them to who has the scope, to others and to strangers as it says', async (METRICS, statuses) => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment: { METRICS }, authenticators: [HONEST] });
    const callers = [
      as({ scopes: ['metrics:read'] }),
      as({ scopes: ['clients:read', 'keys:write'] }),
      { authorization: '' },
    ];
    for (const path of ['/metrics', '/metrics/prometheus']) {
      const answers = await Promise.all(callers.map((headers) => statusOf(service.url, headers, path)));
      expect([path, answers]).toEqual([path, statuses]);
    }
    expect(await statusOf(service.url, as({}), '/metrics', 'POST')).toBe(METRICS === 'off' ? 404 : 405);
  });

  it('=guarded answers 503 while the keys of those who ask cannot be read; open goes on', async () => {
    for (const [METRICS, expected] of [
      ['guarded', 503],
      ['open', 200],
    ] as const) {
      await using database = await POSTGRES.open();
      await using service = await startStandalone({
        database,
        environment: { METRICS, ADMIN_AUTH: 'api-key', ADMIN_API_KEY: 'k'.repeat(32) },
      });
      const first = { authorization: `Bearer ${'k'.repeat(32)}` };
      const { body } = await request(`${service.url}/admin/keys`, {
        method: 'POST',
        body: { name: 'prometheus', scopes: ['metrics:read'] },
        headers: first,
      });
      const headers = { authorization: `Bearer ${String(body['key'])}` };
      expect(await statusOf(service.url, headers)).toBe(200);
      await database.drop();
      expect(await statusOf(service.url, headers)).toBe(expected);
    }
  });
});
