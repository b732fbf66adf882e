import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { startStandalone } from './support/app.js';
import { forServer, newAuthority } from './support/certificates.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { metricsOf, valueOf } from './support/exposition.js';
import { answerTo, rawRequest, request } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { freePort, startProcess } from './support/process.js';
import { temporaryDatabase } from './support/service.mjs';

const METRICS = ['/metrics', '/metrics/prometheus'];

/** A service whose metrics have a port of their own. */
async function startApart(environment: Record<string, string> = {}) {
  const port = await freePort();
  const database = await SQLITE.open();
  const service = await startStandalone({
    database,
    environment: { METRICS_PORT: String(port), ...environment },
    authenticators: [HONEST],
  });
  return {
    ...service,
    metrics: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await service.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe('METRICS_PORT', () => {
  it('has the metrics, and nothing else; the admin listener has them no longer', async () => {
    await using service = await startApart();
    for (const path of METRICS) {
      expect((await request(service.metrics + path, { headers: as({ scopes: ['metrics:read'] }) })).status).toBe(200);
      const { status, body } = await request(service.url + path, { headers: as({ scopes: ['metrics:read'] }) });
      expect([status, body['error_description']]).toEqual([404, expect.stringContaining('METRICS_PORT')]);
    }
    for (const path of [
      '/',
      '/admin/clients',
      '/admin/keys',
      '/health/ready',
      '/docs',
      '/openapi.json',
      '/metrics/more',
    ]) {
      const { status, body, headers } = await rawRequest(service.metrics, { path, headers: as({}) });
      expect([path, status, body['error'], 'x-request-id' in headers]).toEqual([path, 404, 'not_found', true]);
    }
    expect((await request(`${service.url}/health/ready`)).status).toBe(200);
  });

  it.each([
    ['guarded', [200, 403, 401]],
    ['open', [200, 200, 200]],
  ])('with METRICS=%s asks who it is as METRICS says', async (setting, statuses) => {
    await using service = await startApart({ METRICS: setting });
    const callers = [as({ scopes: ['metrics:read'] }), as({ scopes: ['clients:read'] }), { authorization: '' }];
    for (const path of METRICS) {
      const answers = callers.map(async (headers) => (await request(service.metrics + path, { headers })).status);
      expect(await Promise.all(answers)).toEqual(statuses);
    }
  });

  it('refuses other Hosts, foreign pages and what is no HTTP, and counts its requests', async () => {
    await using service = await startApart({ METRICS: 'open' });
    const statusOf = async (headers: Record<string, string>) =>
      (await rawRequest(service.metrics, { path: '/metrics', headers })).status;
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ host: 'rebound.example' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect((await answerTo(service.metrics, 'GET / HTTP/1.1\r\nbroken\r\n\r\n')).head).toContain(' 400 ');
    const series = await metricsOf(service.metrics);
    const labels = { method: 'GET', route: '/metrics', status: '200' };
    expect(valueOf(series, 'oauth2_registry_http_requests_total', labels)).toBe(1);
  });

  it('speaks TLS as the admin listener does, with files that change', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'registry-metrics-'));
    const [authority, other] = [await newAuthority(), await newAuthority('CN=Other')];
    const write = async (by: typeof authority) => {
      const { cert, key } = await forServer(by);
      writeFileSync(join(folder, 'key.pem'), key);
      writeFileSync(join(folder, 'cert.pem'), cert);
    };
    await write(authority);
    await using service = await startApart({
      METRICS: 'open',
      ADMIN_TLS_CERT: join(folder, 'cert.pem'),
      ADMIN_TLS_KEY: join(folder, 'key.pem'),
    });
    const issuers = () =>
      Promise.all(
        [service.url, service.metrics].map(async (url) => {
          const { port } = new URL(url);
          const call = secureRequest({
            host: '127.0.0.1',
            port,
            path: '/metrics',
            rejectUnauthorized: false,
            agent: false,
          });
          const [answer] = (await once(call.end(), 'response')) as [
            { statusCode: number; socket: TLSSocket; resume(): void },
          ];
          answer.resume();
          return [answer.statusCode, answer.socket.getPeerX509Certificate()?.issuer];
        }),
      );
    const [before] = await issuers();
    expect(await issuers()).toEqual([
      [404, before?.[1]],
      [200, before?.[1]],
    ]);
    await write(other);
    await eventually(async () => (await issuers()).every(([, issuer]) => issuer === 'CN=Other'));
    rmSync(folder, { recursive: true });
  });

  it('is closed with the service, a kept connection included', async () => {
    const service = await startApart({ METRICS: 'open' });
    const { port } = new URL(service.metrics);
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

  it('is closed by a signal after its last answer, and named in the first lines', async () => {
    const port = await freePort();
    const environment = {
      DATABASE_URL: temporaryDatabase(),
      METRICS: 'open',
      METRICS_PORT: String(port),
      LOG_LEVEL: 'info',
    };
    await using service = await startProcess(environment);
    expect((await request(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    await eventually(() => service.output().includes(`Metrics on http://127.0.0.1:${port}/metrics.`));
    expect(await service.end('SIGTERM')).toBe(0);
  });
});

describe('a start is refused, with what to set,', () => {
  it.each([
    [{ METRICS_HOST: '127.0.0.1' }, 'METRICS_HOST has no effect without METRICS_PORT'],
    [{ METRICS_PORT: '9464', METRICS: 'off' }, 'METRICS_PORT has no effect with METRICS=off'],
    [{ METRICS_PORT: '9464', ADMIN_PORT: '9464' }, 'METRICS_PORT must not be ADMIN_PORT'],
    [{ METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0', ADMIN_AUTH: 'none', ADMIN_API_KEY: '' }, 'METRICS must be open'],
    [{ METRICS_PORT: '65536' }, 'METRICS_PORT must be a port, 0 to 65535'],
    [{ METRICS_PORT: 'x' }, 'METRICS_PORT must be a port, 0 to 65535'],
    [{ METRICS_PORT: '1', METRICS_HOST: 'a b' }, 'METRICS_HOST must be a host name or an IP address'],
  ])('for %j', async (environment, message) => {
    await using database = await SQLITE.open();
    await expect(startStandalone({ database, environment })).rejects.toThrow(message);
  });

  it('when another process has the port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await using database = await SQLITE.open();
    const starting = startStandalone({ database, environment: { METRICS_PORT: String(port) } });
    await expect(starting).rejects.toThrow('METRICS_PORT cannot be used: listen EADDRINUSE');
    server.close();
  });
});
