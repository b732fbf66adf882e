import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { gzipSync } from 'node:zlib';
import { EACH_WAY, startStandalone } from './support/app.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { answerTo, getClient, post, rawRequest, request } from './support/http.js';
import { useService } from './support/use.js';

const MIB = 1024 * 1024;
const padded = (bytes: number) => `{"padding":"${'p'.repeat(bytes - 14)}"}`;

/** The status of a request with headers that `fetch` would not let through. */
async function statusOf(url: string, method: string, headers: Record<string, string>, body?: string): Promise<number> {
  return (await rawRequest(url, { method, headers, body })).status;
}

describe.each(EACH_WAY)('what arrives at the listener, $setting', ({ isFastify, start, open }) => {
  const service = useService(start, open);
  let url: string;
  beforeAll(() => {
    url = `${service.url}/admin/clients`;
  });

  it.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'nonsense',
    'application/json; charset=utf-16',
  ])('reads JSON as %s', async (type) => {
    const { status, body } = await post(url, '{"client_name":"ü"}', { 'content-type': type });
    expect(status).toBe(201);
    expect(body['client_name']).toBe('ü');
  });

  it('takes null for an empty object, and the later of doubled members', async () => {
    expect((await post(url, 'null')).status).toBe(201);
    expect((await post(url, '{"owner":"a","owner":"b"}')).body['owner']).toBe('b');
    expect((await post(url, gzipSync('{"owner":"zipped"}'), { 'content-encoding': 'gzip' })).body['owner']).toBe(
      'zipped',
    );
  });

  it.each([
    ['an empty body', ''],
    ['no body', undefined],
    ['text', 'client_name=x'],
    ['truncated JSON', '{"client_name":"x"'],
    ['two values', '{} {}'],
    ['an array', '[]'],
    ['a number', '5'],
    ['a string', '"x"'],
    ['a boolean', 'true'],
    ['a byte order mark', '\uFEFF{}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['a lone surrogate', '{"owner":"\\ud800"}'],
    ['a lone surrogate in an unknown member', '{"x":["\\udc00"]}'],
    ['NUL', '{"owner":"a\\u0000"}'],
    ['NUL in the name of an unknown member', '{"a\\u0000":1}'],
    ['NUL in metadata', '{"metadata":{"a":["\\u0000"]}}'],
    ['nesting of 30,000 arrays', `{"metadata":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['nesting of 30,000 objects', `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`],
    ['nesting of 501', `{"x":${'['.repeat(500)}${']'.repeat(500)}}`],
    ['nesting in a member that is doubled', `{"metadata":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)},"a":1}}`],
    ['NUL in a member that is doubled', '{"metadata":{"a":"\\u0000","a":1}}'],
    ['a lone surrogate in a name that is doubled', '{"x":{"\\ud800":1},"x":2}'],
    ['nesting in a text', `{"owner":${'['.repeat(400)}{"constructor":1,"__proto__":2}${']'.repeat(400)}}`],
  ])('answers %s with 400 and leaves nothing behind', async (_, body) => {
    const before = await service.rowCount();
    const answer = await post(url, body);
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatch(/^invalid_(request|client_metadata)$/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await service.rowCount()).toBe(before);
  });

  it('takes nesting of 500', async () => {
    const nested = `${'['.repeat(499)}${']'.repeat(499)}`;
    const { status, text } = await post(url, `{"metadata":${nested}}`);
    expect(status).toBe(201);
    expect(text).toContain(nested);
  });

  it('takes a body of 1 MiB and answers more with 413', async () => {
    const before = await service.rowCount();
    for (const size of [MIB + 1, 20 * MIB]) {
      const { status, body } = await post(url, padded(size));
      expect(status).toBe(413);
      expect(body['error']).toBe('invalid_request');
    }
    expect((await post(url, gzipSync(padded(MIB + 1)), { 'content-encoding': 'gzip' })).status).toBe(413);
    expect(await service.rowCount()).toBe(before);
    expect((await post(url, padded(MIB))).status).toBe(201);
  });

  it.each([
    ['announces', `Content-Length: ${MIB + 1}`, ''],
    ['announces, compressed,', `Content-Encoding: gzip\r\nContent-Length: ${MIB + 1}`, ''],
    ['has sent, without its end,', 'Transfer-Encoding: chunked', `100001\r\n${'p'.repeat(MIB + 1)}`],
  ])('ends the connection of a caller that %s too much, without waiting for the rest', async (_, header, body) => {
    const { pathname, host } = new URL(url);
    const answer = await answerTo(
      service.url,
      `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${header}\r\n\r\n${body}`,
    );
    expect(answer.head).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer.head).toMatch(/^connection: close\r?$/im);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_request' });
  });

  it('treats names of a prototype as ordinary unknown members', async () => {
    const { status, body } = await post(
      url,
      '{"__proto__":{"owner":"polluted"},"constructor":{"prototype":{"owner":"polluted"}},"toString":1,"hasOwnProperty":2}',
    );
    expect(status).toBe(201);
    expect(body['owner']).toBe('');
    expect(({} as Record<string, unknown>)['owner']).toBeUndefined();
  });

  it('keeps what fills every index entry', async () => {
    const name = '😀'.repeat(256);
    const uri = `https://app.example.com/${'é'.repeat(2024)}`;
    const scope = Array.from({ length: 2000 }, (_, index) => index.toString(36)).join(' ');
    const sent = {
      client_id: '😀'.repeat(127),
      client_name: name,
      owner: 'w'.repeat(512),
      redirect_uris: [uri],
      scope,
      grant_types: ['g'.repeat(1024)],
    };
    expect((await post(url, JSON.stringify(sent))).status).toBe(201);
    expect((await getClient(service.url, sent.client_id)).body).toMatchObject(sent);
  });

  it('sends no answer that a cache may keep, or that a browser may take for a page', async () => {
    const created = await post(url, '{}');
    const place = `${url}/${String(created.body['client_id'])}`;
    const answers = [
      created,
      await request(url),
      await request(place),
      await request(place, { headers: { 'if-none-match': '*' } }),
      await request(`${place}/secrets`),
      await request(place, { method: 'DELETE' }),
      await request(place),
      await post(url, '{'),
      await request(url, { method: 'PATCH' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 304, 200, 204, 404, 400, 405]);
    for (const { status, headers } of answers)
      expect([status, headers['cache-control'], headers['x-content-type-options']]).toEqual([
        status,
        'no-store',
        'nosniff',
      ]);
  });

  it('answers a broken escape with 400', async () => {
    const { status, body } = await request(`${url}/a%zzb`);
    expect(status).toBe(400);
    // Fastify answers it before any hook.
    if (!isFastify) expect(body['error']).toBe('invalid_request');
  });
});

describe.each(DATABASES)('the listener of the service, on $database', ({ open }) => {
  const service = useService(startStandalone, open);
  let url: string;
  beforeAll(() => {
    url = `${service.url}/admin/clients`;
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as object & {
      version: string;
    };
    const foreign = { host: 'evil.example', 'sec-fetch-site': 'cross-site' };
    for (const path of ['/version', '/version?a=b']) {
      const { status, body, headers } = await rawRequest(service.url, { path, headers: foreign });
      expect([status, body, headers['x-content-type-options']]).toEqual([200, { version }, 'nosniff']);
    }
    const { headers } = await request(`${service.url}/health/alive`);
    expect([headers['cache-control'], headers['x-content-type-options']]).toEqual(['no-store', 'nosniff']);
    expect(await statusOf(`${service.url}/versions`, 'GET', foreign)).toBe(403);
  });

  it('tells the place of a client under its own path, whatever the request calls it', async () => {
    const target = async (path: string) =>
      (await rawRequest(service.url, { method: 'POST', path, body: '{}' })).headers['location'];
    for (const path of ['/clients/', 'http://evil.example/admin/clients', '/admin/clients?a=/clients'])
      expect(await target(path)).toMatch(/^\/admin\/clients\/[\w-]{36}$/);
  });

  it('answers unknown routes and broken escapes in the one envelope', async () => {
    for (const [path, status] of [
      ['/nothing', 404],
      ['/admin', 404],
      ['/admin/clients/a/b', 404],
      ['/admin/clients/a%zzb', 400],
    ] as const) {
      const answer = await request(service.url + path);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.body['error']).toBe(status === 404 ? 'not_found' : 'invalid_request');
    }
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://localhost:1' }],
    [{ origin: 'null' }],
    [{ host: 'evil.example' }],
    [{ host: 'localhost.evil.example' }],
    [{ host: '10.0.0.1' }],
    [{ host: 'localhost', origin: 'http://evil.example' }],
    [{ host: 'localhost..' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://localhost:1' }],
    [{ 'sec-fetch-site': 'same-origin', host: 'evil.example' }],
  ])('refuses %j, the mark of a foreign web page, and changes nothing', async (headers: Record<string, string>) => {
    const before = await service.rowCount();
    const marked = { 'content-type': 'text/plain', ...headers };
    expect(await statusOf(url, 'POST', marked, '{}')).toBe(403);
    expect(await statusOf(`${url}/x`, 'GET', marked)).toBe(403);
    expect(await statusOf(`${service.url}/openapi.json`, 'GET', marked)).toBe(403);
    expect(await statusOf(`${service.url}/health/alive`, 'GET', marked)).toBe(200);
    expect(await service.rowCount()).toBe(before);
  });

  it('answers its own pages and programs', async () => {
    const { host, port } = new URL(service.url);
    const own: Record<string, string>[] = [
      { origin: service.url, 'sec-fetch-site': 'same-origin' },
      { host: `localhost:${port}`, origin: `http://localhost:${port}` },
      { host: `[::1]:${port}` },
      { host },
      { host: 'localhost:80', origin: 'http://localhost' },
      { host: `localhost.:${port}` },
      // nginx's $host, and its default Host: the address that it passes requests on to.
      { host: 'localhost', origin: `http://localhost:${port}` },
      { host: '127.0.0.1', origin: 'https://127.0.0.1:8443' },
      { host, origin: 'https://auth.example', 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of own) {
      expect([headers, await statusOf(url, 'POST', headers, '{}')]).toEqual([headers, 201]);
    }
  });

  it('lets links on other sites lead to its pages, and to nothing else', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    for (const method of ['GET', 'HEAD'])
      for (const [path, status] of [
        ['/', 302],
        ['/?a=b', 302],
        ['/docs', 200],
        ['/docs/', 200],
        ['/openapi.json', 403],
        ['/admin/clients', 403],
        ['/docs/swagger-ui.css', 403],
      ] as const)
        expect([method, path, await statusOf(service.url + path, method, link)]).toEqual([method, path, status]);
    expect(await statusOf(`${service.url}/docs`, 'POST', link, '{}')).toBe(403);
    const others: Record<string, string>[] = [
      { 'sec-fetch-mode': 'no-cors' },
      { 'sec-fetch-dest': 'iframe' },
      { host: 'evil.example' },
    ];
    for (const other of others) expect(await statusOf(`${service.url}/docs`, 'GET', { ...link, ...other })).toBe(403);
  });
});

describe('a caller that asks before it sends a body (Expect: 100-continue)', () => {
  const service = useService(startStandalone, SQLITE.open);
  const ask = (length: number, body = '') =>
    answerTo(
      service.url,
      [
        'POST /admin/clients HTTP/1.1',
        `Host: ${new URL(service.url).host}`,
        'Expect: 100-continue',
        'Connection: close',
        `Content-Length: ${length}`,
        '',
        body,
      ].join('\r\n'),
    );

  it('is told to go on', async () => {
    const { head, body } = await ask(2, '{}');
    expect(head).toBe('HTTP/1.1 100 Continue');
    expect(body).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('is not told to go on with one that is too large', async () => {
    expect((await ask(MIB + 1)).head).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe('what decides which Host the listener accepts', () => {
  /** The statuses of a create under each of these hosts. */
  async function statusesOf(environment: Record<string, string>, hosts: string[]): Promise<number[]> {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment });
    const url = `${service.url}/admin/clients`;
    return await Promise.all(hosts.map((host) => statusOf(url, 'POST', { host }, '{}')));
  }
  const FOREIGN = ['evil.example', '10.0.0.1', 'localhost.evil.example'];
  const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  const SPELLINGS = ['127.1', '127.000.000.001', 'localhost'];

  it.each(hasIPv6 ? [...SPELLINGS, '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'] : SPELLINGS)(
    'is the loopback address that it is bound to, also when it is spelt %s',
    async (address) => {
      const hosts = ['localhost', '127.0.0.1', ...FOREIGN];
      expect(await statusesOf({ ADMIN_HOST: address }, hosts)).toEqual([201, 201, 403, 403, 403]);
    },
  );

  it('is, on another address, whether it is an address or a name of its own', async () => {
    const hosts = ['10.0.0.1', hostname(), 'localhost', 'evil.example'];
    expect(await statusesOf({ ADMIN_HOST: '0.0.0.0', ADMIN_AUTH: 'none' }, hosts)).toEqual([201, 201, 201, 403]);
  });

  it('is ADMIN_ALLOWED_HOSTS besides, whatever the address', async () => {
    const own = ['registry.example', 'Registry.Example:4445', 'other.example', '[fd00::7]:4445', 'localhost'];
    for (const ADMIN_HOST of ['127.0.0.1', '0.0.0.0']) {
      const environment = {
        ADMIN_HOST,
        ADMIN_AUTH: 'none',
        ADMIN_ALLOWED_HOSTS: 'registry.example, other.example:8080, fd00::7',
      };
      expect(await statusesOf(environment, [...own, 'evil.example'])).toEqual([201, 201, 201, 201, 201, 403]);
    }
  });

  it('is that there is one: two Host lines are 400, and leave nothing behind', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database });
    const before = await service.rowCount();
    const { host } = new URL(service.url);
    for (const [method, path, second] of [
      ['POST', '/admin/clients', 'evil.example'],
      ['GET', '/admin/clients', host],
      ['GET', '/health/alive', host],
    ] as const) {
      const headers = ['Host', host, 'hOST', second, 'Connection', 'close'];
      const answer = await rawRequest(service.url, { method, path, headers, body: method === 'POST' ? '{}' : '' });
      expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request']);
    }
    expect(await service.rowCount()).toBe(before);
  });
});
