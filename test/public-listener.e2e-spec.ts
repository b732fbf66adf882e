import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, METHODS } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Closable } from '../src/standalone/process-end.js';
import { fileOf } from './support/file-of.js';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { rawRequest, request } from './support/http.js';
import { freePort, startProcess } from './support/process.js';
import { startPublic } from './support/public-listener.js';
import { temporaryDatabase } from './support/service.mjs';
import { use } from './support/use.js';

const NOT_PUBLIC = 'Only paths below /oauth2/ are here: the admin API has another port.';
const ELSEWHERE = 'Clients are not registered here: that has a port of its own, PUBLIC_PORT.';

/** Status and sentence of the answer to a request whose target is sent as it is written. */
async function refusalOf(url: string, path: string, method = 'GET', headers: Record<string, string> = {}) {
  const { status, body } = await rawRequest(url, { path, method, headers });
  return [path, status, body['error_description']];
}

describe('the public listener', () => {
  const service = use((keep) => keep(startPublic()));

  it('has the public routes, which the admin listener has not, and the admin listener all others', async () => {
    expect((await request(`${service.open}/oauth2/probe/1`)).body).toEqual({ id: '1' });
    for (const method of METHODS.filter((name) => name !== 'CONNECT' && name !== 'HEAD'))
      for (const path of ['/oauth2/probe', '/oauth2/probe/1', '/oauth2/register', '/oauth2/nothing'])
        expect(await refusalOf(service.url, path, method)).toEqual([path, 404, ELSEWHERE]);
    const { paths } = JSON.parse((await request(`${service.url}/openapi.json`)).text) as OpenAPIObject;
    const admin = Object.keys(paths).filter((path) => !path.startsWith('/oauth2/'));
    expect(admin).toEqual(expect.arrayContaining(['/admin/clients/{id}', '/admin/keys', '/health/ready', '/metrics']));
    const pages = ['/', '/docs', '/docs/swagger-ui.css', '/openapi.json', '/openapi.yaml', '/clients', '/oauth2'];
    for (const path of [...admin, ...pages])
      expect(await refusalOf(service.open, path.replaceAll(/\{\w+\}/g, 'x'))).toEqual([
        expect.any(String),
        404,
        NOT_PUBLIC,
      ]);
  });

  it.each([
    '/oauth2/probe/../../admin/clients',
    '/oauth2/probe/..',
    '/oauth2/probe/../..',
    '/oauth2/..%2fadmin%2fclients',
    '/oauth2/probe/%2e%2e/%2e%2e/admin/clients',
    '/oauth2/probe/%2E%2E%2F%2E%2E%2Fadmin%2Fclients',
    '/oauth2/probe/..%5c..%5cadmin%5cclients',
    '/oauth2/probe/..%2F..%2Fadmin%2Fclients%2Fx',
    '/oauth2//..//admin/clients',
    '//oauth2/probe/1',
    '/./oauth2/probe/1',
    '/%6fauth2/probe/1',
    '/OAuth2/probe/1',
    '/admin/clients/../../oauth2/probe/1',
    '/admin/clients/..%2F..%2Foauth2%2Fprobe',
    '/admin/clients',
    '/admin/clients?x=/oauth2/probe/1',
    '/admin/clients#/oauth2/probe/1',
    'http://localhost/admin/clients',
    'http://localhost/oauth2/../admin/clients',
    'http://localhost/oauth2/probe/..%2f..%2fadmin/clients',
    '*',
  ])('does not take %s for a public path', async (path) => {
    expect(await refusalOf(service.open, path)).toEqual([path, 404, NOT_PUBLIC]);
  });

  it.each([
    ['/oauth2/probe/a%2Fb', 'a/b'],
    ['/oauth2/probe/https%3A%2F%2Fapp.example%2Fclient', 'https://app.example/client'],
    ['/oauth2/probe/..x', '..x'],
    ['/oauth2/probe/%252e%252e%252fadmin', '%2e%2e%2fadmin'],
    ['/oauth2/probe/1/', '1'],
    ['http://localhost/oauth2/probe/1?x=/admin/clients', '1'],
  ])('finds %s, whatever stands in an identifier', async (path, id) => {
    expect((await rawRequest(service.open, { path })).body).toEqual({ id });
  });

  it('answers what is below its paths and is no route with 404, other methods with 405, broken escapes with 400', async () => {
    expect((await request(`${service.open}/oauth2/nothing`)).body['error']).toBe('not_found');
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const { status, headers } = await rawRequest(`${service.open}/oauth2/probe`, { method });
      expect([method, status, headers['allow']]).toEqual([method, 405, 'POST']);
    }
    for (const path of ['/oauth2/probe/%', '/oauth2/probe/%zz', '/oauth2/probe/%ff'])
      expect([path, (await rawRequest(service.open, { path })).status]).toEqual([path, 400]);
  });

  it('reads bodies of up to 1 MiB, and answers in the envelope of all errors what is no HTTP', async () => {
    const body = 'x'.repeat(1024 * 1024);
    const post = (sent: string) => request(`${service.open}/oauth2/probe`, { method: 'POST', body: sent });
    expect((await post(body)).body['body']).toBe(body);
    expect((await post(`${body}x`)).status).toBe(413);
    const socket = connect(Number(new URL(service.open).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nbroken\r\n\r\n');
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 400 .*"error":"invalid_request"/s);
  });
});

describe('a host of the public listener', () => {
  it('is one of its own names, that of PUBLIC_URL, or one of PUBLIC_ALLOWED_HOSTS', async () => {
    await using service = await startPublic({
      PUBLIC_URL: 'https://id.example.com/registry',
      PUBLIC_ALLOWED_HOSTS: 'other.example.com',
      ADMIN_ALLOWED_HOSTS: 'admin.example.com',
    });
    const statusOf = async (url: string, host: string) =>
      (await rawRequest(url, { path: url === service.open ? '/oauth2/probe/1' : '/admin/clients', headers: { host } }))
        .status;
    for (const host of ['localhost', '127.0.0.1:1', 'id.example.com', 'ID.example.com:443', 'other.example.com'])
      expect([host, await statusOf(service.open, host)]).toEqual([host, 200]);
    for (const host of ['admin.example.com', 'evil.example', 'registry', '10.0.0.1'])
      expect([host, await statusOf(service.open, host)]).toEqual([host, 403]);
    for (const host of ['id.example.com', 'other.example.com'])
      expect([host, await statusOf(service.url, host)]).toEqual([host, 403]);
    const refused = await rawRequest(service.open, { path: '/oauth2/probe/1', headers: { host: 'evil.example' } });
    expect(refused.body['error_description']).toContain('PUBLIC_ALLOWED_HOSTS');
  });
});

describe('a web page of another origin', () => {
  const APP = 'https://app.example.com';

  it.each([
    [{ origin: APP }],
    [{ origin: APP, 'content-type': 'text/plain' }],
    [{ origin: 'null', 'content-type': 'application/x-www-form-urlencoded' }],
    [{ origin: 'http://127.0.0.1:1' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ origin: APP, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
  ])('is refused at the public listener with %j', async (headers: Record<string, string>) => {
    await using service = await startPublic();
    const refused = await rawRequest(`${service.open}/oauth2/probe`, { method: 'POST', body: '{}', headers });
    expect([refused.status, refused.body['error']]).toEqual([403, 'access_denied']);
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    const preflight = { ...headers, 'access-control-request-method': 'POST' };
    const asked = await rawRequest(`${service.open}/oauth2/probe`, { method: 'OPTIONS', headers: preflight });
    expect(asked.status).toBe(403);
  });

  it('may register and read the answer when PUBLIC_CORS_ORIGINS names it, and stays out of the admin listener', async () => {
    await using service = await startPublic({ PUBLIC_CORS_ORIGINS: `${APP}, vscode-webview://x` });
    const ask = (url: string, method: string, headers: Record<string, string>) => rawRequest(url, { method, headers });
    const probe = `${service.open}/oauth2/probe`;
    for (const origin of [APP, 'vscode-webview://x']) {
      const headers = { origin, 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
      const answer = await ask(probe, 'POST', headers);
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([201, origin]);
      const exposed = 'Location,ETag,WWW-Authenticate,Retry-After,X-Request-Id';
      expect(answer.headers['access-control-expose-headers']).toBe(exposed);
      const wanted = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' };
      const preflight = await ask(`${probe}/1`, 'OPTIONS', { ...headers, ...wanted });
      expect(preflight.status).toBe(204);
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET,POST,PUT,DELETE',
        'access-control-allow-headers': 'authorization',
        vary: expect.stringContaining('Origin'),
      });
      expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
      // What is refused is readable, too; an OPTIONS that is no preflight is a method that the route has not.
      const missing = await ask(`${service.open}/oauth2/nothing`, 'GET', headers);
      expect([missing.status, missing.headers['access-control-allow-origin']]).toEqual([404, origin]);
      expect((await ask(probe, 'OPTIONS', { origin })).status).toBe(405);
      expect((await ask(`${service.url}/admin/clients`, 'GET', { origin })).status).toBe(403);
    }
    for (const origin of ['https://app.example.com.evil.example', 'http://app.example.com', 'https://evil.example'])
      expect([origin, (await ask(probe, 'POST', { origin })).status]).toEqual([origin, 403]);
    expect((await ask(probe, 'POST', {})).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('may always do so with PUBLIC_CORS_ORIGINS=*', async () => {
    await using service = await startPublic({ PUBLIC_CORS_ORIGINS: '*' });
    for (const origin of ['null', 'https://anything.example']) {
      const { status, headers } = await rawRequest(`${service.open}/oauth2/probe/1`, { headers: { origin } });
      expect([status, headers['access-control-allow-origin']]).toEqual([200, '*']);
    }
    expect((await rawRequest(`${service.url}/admin/clients`, { headers: { origin: 'null' } })).status).toBe(403);
  });

  it('may do so as Swagger UI on the same machine, whose policy names PUBLIC_URL, unless it is switched off', async () => {
    for (const [docs, status] of [
      ['true', 201],
      ['false', 403],
    ] as const) {
      await using service = await startPublic({ DOCS: docs, PUBLIC_URL: 'https://id.example.com/registry' });
      const { port } = new URL(service.url);
      for (const origin of [`http://127.0.0.1:${port}`, `http://localhost:${port}`]) {
        const answer = await rawRequest(`${service.open}/oauth2/probe`, { method: 'POST', headers: { origin } });
        expect([origin, answer.status]).toEqual([origin, status]);
      }
      const other = { origin: 'http://127.0.0.1:1' };
      expect((await rawRequest(`${service.open}/oauth2/probe`, { method: 'POST', headers: other })).status).toBe(403);
      const { headers } = await request(`${service.url}/openapi.json`);
      expect(headers['content-security-policy']).toContain("connect-src 'self' https://id.example.com;");
    }
  });
});

describe('PUBLIC_TRUSTED_PROXIES', () => {
  it('says whose X-Forwarded-For tells the source of a request, and whose X-Request-Id counts', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7, 198.51.100.9, 10.1.2.3', 'x-request-id': 'from-a-proxy' };
    const sourceOf = async (environment: Record<string, string>) => {
      await using service = await startPublic(environment);
      const answer = await rawRequest(`${service.open}/oauth2/probe`, { method: 'POST', headers });
      return [answer.body['ip'], answer.headers['x-request-id'] === 'from-a-proxy'];
    };
    expect(await sourceOf({})).toEqual(['127.0.0.1', true]);
    expect(await sourceOf({ ADMIN_TRUSTED_PROXIES: '127.0.0.1' })).toEqual(['127.0.0.1', true]);
    expect(await sourceOf({ PUBLIC_TRUSTED_PROXIES: '10.0.0.0/8' })).toEqual(['127.0.0.1', false]);
    expect(await sourceOf({ PUBLIC_TRUSTED_PROXIES: '127.0.0.1' })).toEqual(['10.1.2.3', true]);
    expect(await sourceOf({ PUBLIC_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' })).toEqual(['198.51.100.9', true]);
  });

  it('leaves prefixes to PUBLIC_URL: a path is that of the listener', async () => {
    await using service = await startPublic({ PUBLIC_TRUSTED_PROXIES: '127.0.0.1', ADMIN_PUBLIC_PATH: '/registry' });
    const headers = { 'x-forwarded-prefix': '/evil' };
    expect((await rawRequest(`${service.open}/oauth2/probe/1`, { headers })).body).toEqual({ id: '1' });
  });
});

describe('REGISTRATION=off', () => {
  it('opens no public listener by itself, and the admin listener says why there is no registration', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database });
    const off = 'Dynamic client registration is switched off here: REGISTRATION is off.';
    expect(await refusalOf(service.url, '/oauth2/register', 'POST')).toEqual(['/oauth2/register', 404, off]);
    const policy = (await request(`${service.url}/docs`)).headers['content-security-policy'];
    expect(policy).toContain("connect-src 'self';");
  });

  it('says so at the public listener when PUBLIC_PORT asks for one', async () => {
    await using service = await startPublic({ REGISTRATION: 'off' });
    for (const url of [service.open, service.url])
      expect((await refusalOf(url, '/oauth2/register', 'POST'))[2]).toContain('REGISTRATION is off');
    expect(await refusalOf(service.open, '/admin/clients')).toEqual(['/admin/clients', 404, NOT_PUBLIC]);
  });
});

describe('the end of the public listener', () => {
  it('comes with that of the service, for a kept connection, too', async () => {
    const service = await startPublic();
    const { port } = new URL(service.open);
    const kept = connect(Number(port), '127.0.0.1');
    await once(kept, 'connect');
    kept.on('error', () => undefined).resume();
    const ended = once(kept, 'close');
    await service[Symbol.asyncDispose]();
    await ended;
    const late = connect(Number(port), '127.0.0.1');
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('comes with a signal, after the answers that are under way', async () => {
    await using service = await startPublic();
    const socket = connect(Number(new URL(service.open).port), '127.0.0.1');
    await once(socket, 'connect');
    const received = textOf(socket);
    socket.write('POST /oauth2/probe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    await eventually(() => socket.bytesRead > 0);
    const ended = (service.app as unknown as Closable).close('SIGTERM');
    await eventually(() =>
      request(`${service.open}/oauth2/probe/1`).then(
        () => false,
        () => true,
      ),
    );
    socket.write('{}');
    expect(await received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 .*\r\nConnection: close\r\n/s);
    await ended;
  });

  it('is named in the first lines, with a warning where PUBLIC_URL leads nobody to it', async () => {
    const port = await freePort();
    const warning = 'set PUBLIC_URL to the URL by which they know the public listener';
    for (const [host, url, isWarned] of [
      ['127.0.0.1', '', true],
      ['127.0.0.1', `http://127.0.0.1:${port}`, false],
      ['0.0.0.0', '', true],
      ['0.0.0.0', 'https://id.example.com', false],
    ] as const) {
      await using service = await startProcess({
        DATABASE_URL: temporaryDatabase(),
        REGISTRATION: 'open',
        PUBLIC_HOST: host,
        PUBLIC_PORT: String(port),
        PUBLIC_URL: url,
        LOG_LEVEL: 'info',
      });
      await eventually(() => service.output().includes(`Public listener on http://${host}:${port}, for http`));
      expect(await service.end('SIGTERM')).toBe(0);
      expect([host, url, service.output().includes(warning)]).toEqual([host, url, isWarned]);
    }
  });
});

describe('a start is refused, with what to set,', () => {
  it.each([
    [{ REGISTRATION: 'yes' }, 'REGISTRATION must be one of off, open, token'],
    [{ REGISTRATION: 'open', PUBLIC_PORT: '4445', ADMIN_PORT: '4445' }, 'PUBLIC_PORT must not be ADMIN_PORT'],
    [{ REGISTRATION: 'open', ADMIN_PORT: '4444' }, 'PUBLIC_PORT must not be ADMIN_PORT'],
    [{ PUBLIC_PORT: '9464', METRICS_PORT: '9464' }, 'PUBLIC_PORT must not be METRICS_PORT'],
    [{ PUBLIC_PORT: 'x' }, 'PUBLIC_PORT must be a port, 0 to 65535'],
    [{ PUBLIC_HOST: 'a b' }, 'PUBLIC_HOST must be a host name or an IP address'],
    [{ PUBLIC_TRUSTED_PROXIES: 'proxy' }, 'PUBLIC_TRUSTED_PROXIES must be addresses or ranges'],
    ...['https://app.example.com/', 'app.example.com', 'https://App.example.com', 'https://x:443', '*,https://x'].map(
      (origins): [Record<string, string>, string] => [
        { PUBLIC_CORS_ORIGINS: origins },
        'PUBLIC_CORS_ORIGINS must be origins such as https://app.example.com',
      ],
    ),
    [{ PUBLIC_PORT: '0', PUBLIC_TLS_CERT: '/x' }, 'PUBLIC_TLS_CERT and PUBLIC_TLS_KEY must both be set'],
    [
      { PUBLIC_PORT: '0', PUBLIC_TLS_CERT: '/nothing', PUBLIC_TLS_KEY: '/nothing' },
      'PUBLIC_TLS_CERT names a file that cannot be read (ENOENT)',
    ],
  ])('for %j', async (environment, message) => {
    await using database = await SQLITE.open();
    await expect(startStandalone({ database, environment })).rejects.toThrow(message);
  });

  it('when another process has the port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await using database = await SQLITE.open();
    const starting = startStandalone({ database, environment: { PUBLIC_PORT: String(port) } });
    await expect(starting).rejects.toThrow('PUBLIC_PORT cannot be used: listen EADDRINUSE');
    server.close();
  });

  it('says under which policies clients register, and warns where nothing limits their scopes', async () => {
    await using policies = await fileOf('partners: { must: [contacts] }');
    for (const [REGISTRATION, REGISTRATION_POLICIES, names, isWarned] of [
      ['open', '', 'default', true],
      ['token', '', 'default', false],
      ['open', policies.path, 'default, partners', false],
    ] as const) {
      await using service = await startProcess({
        DATABASE_URL: temporaryDatabase(),
        REGISTRATION,
        REGISTRATION_POLICIES,
        PUBLIC_PORT: String(await freePort()),
        LOG_LEVEL: 'info',
      });
      await eventually(() => service.output().includes(`Clients register under these policies: ${names}.`));
      expect(await service.end('SIGTERM')).toBe(0);
      expect([REGISTRATION, service.output().includes('with any scope')]).toEqual([REGISTRATION, isWarned]);
    }
  });
});
