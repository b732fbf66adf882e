import { describe, expect, it } from '@jest/globals';
import { METHODS, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { OpenAPIObject } from '@nestjs/swagger';
import { OPEN, startStandalone, listenerOf } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { answerTo, postClient, rawRequest, request } from './support/http.js';
import { useService } from './support/use.js';

/** The operations of a path in the document, by their methods. */
function operationsOf(item: object = {}): [string, { parameters?: { in: string; name: string }[] }][] {
  return Object.entries(item as Record<string, { parameters?: { in: string; name: string }[] }>)
    .map(([name, operation]): [string, typeof operation] => [name.toUpperCase(), operation])
    .filter(([method]) => METHODS.includes(method));
}

describe('the listener', () => {
  const service = useService(startStandalone, SQLITE.open, { environment: OPEN });

  it('knows each path in one spelling: rules of a gateway cannot be passed by capitals', async () => {
    await postClient(service.url, { client_id: 'spelt' });
    for (const path of [
      '/ADMIN/clients',
      '/admin/CLIENTS/spelt',
      '/Clients/spelt',
      '/Health/alive',
      '/DOCS',
      '/Openapi.json',
    ])
      expect([path, (await request(service.url + path)).status]).toEqual([path, 404]);
    expect((await request(`${service.url}/admin/clients/SPELT`)).status).toBe(404);
    expect((await request(`${service.url}/admin/clients/spelt`)).status).toBe(200);
  });

  it('answers every method that a path does not have with 405 and Allow', async () => {
    const { paths } = JSON.parse((await request(`${service.url}/openapi.json`)).text) as OpenAPIObject;
    const methodsOf = (path: string) => operationsOf(paths[path]).map(([method]) => method);
    const documented = Object.keys(paths).map((path): [string, string[]] => [
      path.replaceAll(/\{\w+\}/g, 'x'),
      // At such a path a client may stand, too.
      /^\/admin\/clients\/\w+$/.test(path)
        ? [...methodsOf(path), ...methodsOf('/admin/clients/{id}')]
        : methodsOf(path),
    ]);
    expect(documented.length).toBeGreaterThan(6);
    const pages = [
      '/',
      '/docs',
      '/docs/',
      '/docs/index.html',
      '/docs/swagger-ui.css',
      '/openapi.json',
      '/openapi.yaml',
    ];
    for (const [path, allowed] of [...documented, ...pages.map((page): [string, string[]] => [page, ['GET']])]) {
      const all = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed;
      // A server answers CONNECT by a tunnel, and not for a path.
      for (const method of METHODS.filter((name) => !all.includes(name) && name !== 'CONNECT')) {
        const { status, headers, body } = await rawRequest(listenerOf(service, path), { method, path });
        expect([path, method, status, headers['allow']?.split(', ').toSorted()]).toEqual([
          path,
          method,
          405,
          all.toSorted(),
        ]);
        if (method !== 'HEAD') expect(body['error']).toBe('invalid_request');
      }
    }
  });

  it('answers 404 to every method where there is nothing', async () => {
    for (const method of METHODS.filter((name) => name !== 'CONNECT'))
      expect([method, (await rawRequest(service.url, { method, path: '/nothing' })).status]).toEqual([method, 404]);
  });

  it.each(['owner=%zz', 'owner=%', 'owner=a%2', 'owner=%ff', 'own%zzer=a', 'owner=ok&search=100%'])(
    'answers the broken escape in ?%s with 400',
    async (query) => {
      const { status, body } = await rawRequest(service.url, { path: `/admin/clients?${query}` });
      expect([status, body]).toEqual([
        400,
        {
          error: 'invalid_request',
          error_description:
            'The query has a broken percent escape: write % as %25, and characters beyond ASCII in UTF-8.',
        },
      ]);
    },
  );

  it('answers a broken escape with 400 in each path and query that an operation reads', async () => {
    const { paths } = JSON.parse((await request(`${service.url}/openapi.json`)).text) as OpenAPIObject;
    const targets = Object.entries(paths).flatMap(([path, item]) =>
      operationsOf(item).flatMap(([method, { parameters = [] }]) =>
        ['%', '%z', '%zz', '%a', '%ff', '%c3%28', '%ed%a0%80'].flatMap((broken) => {
          const inQuery = parameters
            .filter((parameter) => parameter.in === 'query')
            .map(({ name }) => `${path.replaceAll(/\{\w+\}/g, 'x')}?${name}=${broken}`);
          const inPath = path.includes('{') ? [path.replaceAll(/\{\w+\}/g, broken)] : [];
          return [...inPath, ...inQuery].map((target) => ({ method, path: target }));
        }),
      ),
    );
    expect(targets.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['DELETE /admin/clients/x/secrets/x?force=%zz', 'GET /admin/clients/%ff']),
    );
    for (const { method, path } of targets) {
      const { status, body } = await rawRequest(listenerOf(service, path), {
        method,
        path,
        body: method === 'GET' ? '' : '{}',
      });
      expect([method, path, status, body['error']]).toEqual([method, path, 400, 'invalid_request']);
    }
  });

  it.each([
    [
      'a head of 20,000 bytes',
      `GET /admin/clients HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['a head of 1 MiB', `GET /admin/clients HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(1024 * 1024)}\r\n\r\n`, 431],
    ['a target of 20,000 bytes', `GET /admin/clients/${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    ['what is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 400],
    ['a method that nobody knows', 'FROB / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['no Host', 'POST /admin/clients HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}', 400],
    ['no Host, on a path that is open', 'GET /version HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'two lengths of a body',
      'POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      400,
    ],
    [
      'a length and chunks',
      'POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
      400,
    ],
    [
      'a broken chunk',
      'POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
    [
      'an expectation that it does not know',
      'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
      417,
    ],
  ])('answers %s in the envelope of all errors', async (_, bytes, expected) => {
    const before = await service.rowCount();
    const { head, body } = await answerTo(service.url, bytes);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${expected} `));
    expect(head).toMatch(/\r\nConnection: close(\r\n|$)/i);
    expect(head).toMatch(/\r\nContent-Type: application\/json; charset=utf-8(\r\n|$)/i);
    expect(head).toMatch(/\r\nCache-Control: no-store(\r\n|$)/i);
    expect(JSON.parse(body)).toEqual({ error: 'invalid_request', error_description: expect.stringMatching(/\.$/) });
    expect(await service.rowCount()).toBe(before);
  });

  it('answers a request before it closes the connection for what comes behind it', async () => {
    const post = 'POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}';
    for (const rest of ['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n']) {
      const { head, body } = await answerTo(service.url, post + rest);
      expect(head).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
      expect(head).toMatch(/\r\nConnection: close(\r\n|$)/);
      expect(JSON.parse(body)).toHaveProperty('client_id');
    }
  });

  it('answers a head that does not arrive in time with 408', async () => {
    const server = service.app.getHttpServer() as Server;
    // The clock of Node's server cannot be mocked: this is what it emits.
    server.once('connection', (socket: Socket) =>
      server.emit('clientError', Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket),
    );
    const { head, body } = await answerTo(service.url, 'GET /admin');
    expect(head).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(body)).toMatchObject({ error: 'invalid_request' });
  });
});
