import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import { failureOf } from '../src/cli/failure.js';
import { HttpRegistry } from '../src/cli/registry/http-registry.js';
import type { Registry } from '../src/cli/registry/registry.js';
import { closing } from './support/closing.js';
import { freePort } from './support/process.js';
import { startOutside } from './support/tls.js';

/** A server on a free port of the loopback address. */
async function listening(server: Server): Promise<{ url: string; port: number } & AsyncDisposable> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    if ('closeAllConnections' in server) (server as ReturnType<typeof createHttp>).closeAllConnections();
  };
  return closing({ url: `http://127.0.0.1:${port}`, port, close });
}

const answering = (listener: RequestListener) => listening(createHttp(listener));

/** How a command ends that asks the service at `url`. */
async function ending(url: string, ask: (registry: Registry) => Promise<unknown>, timeout = 5000, token = '') {
  try {
    await ask(new HttpRegistry({ url, token, timeout }));
  } catch (error) {
    return failureOf(error);
  }
  throw new Error('It did not fail.');
}

const get = (registry: Registry) => registry.get('x');
const create = (registry: Registry) => registry.create('{}');
const NOT_DONE_TWICE = ' Look whether the change was made before you repeat it.';

describe('a service that cannot be used ends a command with 3 and one sentence', () => {
  it('where nothing listens, and where the host is unknown', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await ending(url, get)).toEqual({
      exitCode: 3,
      text: `The service at ${url} cannot be used: no server listens there; start it, or correct the host and the port.`,
    });
    const { exitCode, text } = await ending('http://nowhere.invalid', get, 60_000);
    expect(exitCode).toBe(3);
    expect(text).toMatch(/^The service at http:\/\/nowhere\.invalid cannot be used: the host .+; correct it.*\.$/);
  });

  it('when it does not answer in time, with a warning if a change may have been made', async () => {
    await using silent = await answering(() => {});
    const late = `The service at ${silent.url} cannot be used: it did not answer within 50 ms; see OAUTH2_REGISTRY_TIMEOUT.`;
    expect(await ending(silent.url, get, 50)).toEqual({ exitCode: 3, text: late });
    expect(await ending(silent.url, create, 50)).toEqual({ exitCode: 3, text: late + NOT_DONE_TWICE });
  });

  it('when the body of its answer stops in the middle', async () => {
    await using broken = await answering((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('{"client_id":');
      setTimeout(() => response.destroy(), 50);
    });
    expect(await ending(broken.url, create)).toEqual({
      exitCode: 3,
      text: `The service at ${broken.url} cannot be used: the server closed the connection; look into its log, or try again.${NOT_DONE_TWICE}`,
    });
  });

  it('when what listens there does not speak HTTP, or no TLS, or has a certificate of nobody', async () => {
    await using other = await listening(createTcp((socket) => socket.end('220 mail.example ESMTP\r\n')));
    expect((await ending(other.url, get)).text).toBe(
      `The service at ${other.url} cannot be used: what listens there does not speak HTTP; correct the port, or use https.`,
    );
    await using plain = await answering((_, response) => response.end('{}'));
    const secure = plain.url.replace('http', 'https');
    expect((await ending(secure, get)).text).toBe(
      `The service at ${secure} cannot be used: what listens there does not speak TLS; use http, or correct the port.`,
    );
    await using tls = await startOutside((_, response) => response.end('{}'));
    const unknown = `https://localhost:${tls.port}`;
    expect((await ending(unknown, get)).text).toBe(
      `The service at ${unknown} cannot be used: the issuer of its certificate is not trusted; name the CA file in NODE_EXTRA_CA_CERTS.`,
    );
  });

  it.each([
    {
      status: 200,
      body: '<h1>Welcome</h1>',
      said: 'What answers at URL is not the registry (200, text/html): correct',
    },
    { status: 200, body: '[]', said: 'What answers at URL is not the registry (200, text/html): correct' },
    {
      status: 404,
      body: '<h1>Not found</h1>',
      said: 'What answers at URL is not the registry (404, text/html): correct',
    },
    { status: 502, body: '<h1>Bad gateway</h1>', said: 'The service at URL cannot answer (502). Try again later.' },
    {
      status: 503,
      body: '{"error":"temporarily_unavailable","error_description":"Later."}',
      said: 'The service at URL cannot answer (503): Later. Try again later.',
    },
    { status: 401, body: '', said: 'The service at URL does not know the caller (401). Set OAUTH2_REGISTRY_TOKEN, or' },
    {
      status: 403,
      body: '{"error":"access_denied","error_description":"No \\u001b[2J."}',
      said: 'The service at URL does not admit the caller (403): No \uFFFD[2J.',
    },
    { status: 429, body: 'slow', said: 'The service at URL gets too many requests (429). Try again later.' },
    { status: 302, body: '', said: 'The service at URL redirects to https://login.example/in (302): correct the URL.' },
  ])('when it answers $status with $body', async ({ status, body, said }) => {
    await using service = await answering((_, response) => {
      const location = { Location: 'https://login.example/in?state=hunter2' };
      response
        .writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...(status === 302 && location) })
        .end(body);
    });
    const { exitCode, text } = await ending(service.url, get);
    expect(exitCode).toBe(3);
    expect(text.startsWith(said.replace('URL', service.url))).toBe(true);
    expect(text).not.toContain('hunter2');
  });
});

describe('a request to a service', () => {
  it('has the path of the URL before its own, the token, and asks for strict handling of a body', async () => {
    const seen: unknown[] = [];
    await using service = await answering(({ method, url, headers }, response) => {
      const { authorization, prefer, 'content-type': type, 'if-match': condition } = headers;
      seen.push([method, url, authorization, prefer, type, condition].filter((value) => value !== undefined));
      response.end('{}');
    });
    const registry = new HttpRegistry({ url: `${service.url}/team%20a/`, token: 't0ken', timeout: 5000 });
    await registry.get('a/b?c');
    await registry.update('ü', '{}');
    await registry.revokeSecret('x', 'oldest', { force: true, ifMatch: '"a"' });
    expect(seen).toEqual([
      ['GET', '/team%20a/admin/clients/a%2Fb%3Fc', 'Bearer t0ken'],
      ['PATCH', '/team%20a/admin/clients/%C3%BC', 'Bearer t0ken', 'handling=strict', 'application/merge-patch+json'],
      ['DELETE', '/team%20a/admin/clients/x/secrets/oldest?force=true', 'Bearer t0ken', '"a"'],
    ]);
  });

  it('is never sent for an id that a URL cannot hold', async () => {
    let requests = 0;
    await using service = await answering((_, response) => {
      requests += 1;
      response.writeHead(204).end();
    });
    for (const id of ['.', '..'])
      expect(await ending(service.url, (registry) => registry.remove(id))).toEqual({
        exitCode: 1,
        text: 'There is no client with this client_id.',
      });
    expect(requests).toBe(0);
  });
});
