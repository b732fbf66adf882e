import { describe, expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { postClient, rawRequest, request } from './support/http.js';
import { useService } from './support/use.js';

type Service = Awaited<ReturnType<typeof startStandalone>>;

/** The prefixes of all that a service says about its own paths. */
async function prefixes(service: Service, headers: Record<string, string> = {}): Promise<(string | undefined)[]> {
  const created = await rawRequest(`${service.url}/admin/clients`, { method: 'POST', body: '{}', headers });
  const page = await rawRequest(`${service.url}/clients?page_size=1`, { headers });
  const home = await rawRequest(`${service.url}/`, { headers });
  const { servers } = (await rawRequest(`${service.url}/openapi.json`, { headers })).body as {
    servers: { url: string }[];
  };
  const script = (await rawRequest(`${service.url}/docs/swagger-ui-init.js`, { headers })).text;
  return [
    /^(.*)\/admin\/clients\/[\w-]{36}$/.exec(created.headers['location'] ?? '')?.[1],
    /^<([^?]*)\/admin\/clients\?/.exec(page.headers['link'] ?? '')?.[1],
    /^(.*)\/docs$/.exec(home.headers['location'] ?? '')?.[1],
    servers[0]?.url ?? '',
    /"servers": \[\s*\{\s*"url": "([^"]*)"/.exec(script)?.[1] ?? '',
  ];
}

/** A server of the OpenAPI document is never an empty text. */
const everywhere = (prefix: string) => [prefix, prefix, prefix, prefix || '/', prefix || '/'];

describe('ADMIN_PUBLIC_PATH', () => {
  const service = useService(startStandalone, SQLITE.open, { environment: { ADMIN_PUBLIC_PATH: '/team-a/registry' } });

  it('is the beginning of every path that the service tells', async () => {
    expect(await prefixes(service)).toEqual(everywhere('/team-a/registry'));
    const { headers } = await rawRequest(service.url, {
      method: 'POST',
      path: 'http://evil.example/clients/?a=b',
      body: '{}',
    });
    expect(headers['location']).toMatch(/^\/team-a\/registry\/admin\/clients\/[\w-]{36}$/);
  });

  it('leaves queries and pages as they are', async () => {
    await postClient(service.url, { client_id: 'mine', owner: 'me' });
    expect((await request(`${service.url}/admin/clients?owner=me&fields=client_id`)).text).toBe(
      '[{"client_id":"mine"}]',
    );
    expect((await request(`${service.url}/docs`)).text).toContain('src="./docs/swagger-ui-bundle.js"');
  });

  it.each(['registry', '/', '/a/', '//a', '/a/../b', '/.', '/a b', '/a?b', '/a"b'])('is not %j', async (path) => {
    await using database = await SQLITE.open();
    await expect(startStandalone({ database, environment: { ADMIN_PUBLIC_PATH: path } })).rejects.toThrow(
      'ADMIN_PUBLIC_PATH must be a path such as /registry',
    );
  });
});

describe('X-Forwarded-Prefix', () => {
  const service = useService(startStandalone, SQLITE.open, {
    environment: { ADMIN_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.0/8, ::1' },
  });

  it('of a trusted proxy is the beginning of every path that the service tells', async () => {
    expect(await prefixes(service, { 'x-forwarded-prefix': '/r.1/_~x' })).toEqual(everywhere('/r.1/_~x'));
    expect(await prefixes(service)).toEqual(everywhere(''));
  });

  it.each(['registry', '//evil.example', '/a/../b', '/..', '/a/.', '/a/', '/a, /b', '/<script>', '/a%2fb', '/a:b', ''])(
    'is ignored when it is %j',
    async (prefix) => {
      expect(await prefixes(service, { 'x-forwarded-prefix': prefix })).toEqual(everywhere(''));
    },
  );

  it.each(['10.0.0.0/8', '127.0.0.2', '::1', ''])('is ignored when only %j is trusted', async (trusted) => {
    await using database = await SQLITE.open();
    const environment = { ADMIN_TRUSTED_PROXIES: trusted, ADMIN_PUBLIC_PATH: '/own' };
    await using other = await startStandalone({ database, environment });
    expect(await prefixes(other, { 'x-forwarded-prefix': '/evil' })).toEqual(everywhere('/own'));
  });

  it.each(['10/8', '10.0.0.0/33', 'proxy.internal', '10.0.0.0/8/8', '::1/129'])(
    'cannot be trusted to %j',
    async (trusted) => {
      await using database = await SQLITE.open();
      await expect(startStandalone({ database, environment: { ADMIN_TRUSTED_PROXIES: trusted } })).rejects.toThrow(
        'ADMIN_TRUSTED_PROXIES must be addresses or ranges such as 10.0.0.0/8, separated by commas.',
      );
    },
  );
});
