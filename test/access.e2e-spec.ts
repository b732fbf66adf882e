import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { Injectable, type CanActivate, type ExecutionContext, type LoggerService } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AccessGuard, actAs, ClientsModule, SCOPES, type Principal, type Scope } from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { startStandalone } from './support/app.js';
import { command } from './support/command.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { PLATFORMS, startHost } from './support/host.js';
import { answerTo, request, tagOf, type Answer, type Call } from './support/http.js';
import { IMPORTED_HASHES } from './support/imported-hashes.js';
import { replace } from './support/json-patch.js';
import { leastBody } from './support/least-bodies.js';
import { NEEDED, NEEDED_BESIDE } from './support/needed-scopes.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const ALL = Object.keys(SCOPES) as Scope[];
const BEARER = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

const { paths } = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as OpenAPIObject;
const OPERATIONS = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, { operationId: string; description: string; requestBody?: unknown }>).map(
    ([method, { operationId, description, requestBody }]) => ({
      method: method.toUpperCase(),
      path: path.replace('{secretId}', 'oldest').replace('{version}', '1'),
      operationId,
      description,
      body: requestBody === undefined ? undefined : leastBody(operationId, method),
    }),
  ),
);
const GUARDED = OPERATIONS.filter(({ path }) => /^\/(admin|metrics)\b/.test(path));
/** Operations on one client, which only those see who may see the client. */
const OF_CLIENTS = GUARDED.filter(({ path }) => path.startsWith('/admin/clients/{id}'));
type Operation = (typeof OPERATIONS)[number];

function ask(url: string, { method, path, body }: Operation, id: string, headers: Record<string, string>) {
  return request(url + path.replace('{id}', id), { method, body, headers });
}

/** Statuses of operations that differ from those of their kind; no client shows who it is here. */
const OWN_STATUS: Record<string, number> = { authenticateOAuth2Client: 401, reportOAuth2ClientActivity: 202 };

/** The status of an operation for who may call it. */
function passedBy({ operationId, method, path }: Operation): number {
  return OWN_STATUS[operationId] ?? (path.includes('{id}') ? 404 : method === 'POST' ? 201 : 200);
}

const ERROR = (error: string) => ({ error, error_description: expect.any(String) });

it('every operation of the registry needs a scope, which the document names', () => {
  expect(Object.fromEntries(GUARDED.map(({ operationId }) => [operationId, expect.any(String)]))).toEqual(
    Object.fromEntries(Object.keys(NEEDED).map((name) => [name, expect.any(String)])),
  );
  for (const { operationId, description } of GUARDED)
    expect([operationId, description]).toEqual([operationId, expect.stringContaining(`\`${NEEDED[operationId]}\``)]);
});

describe.each(DATABASES)('on $database, a principal', ({ open }) => {
  const environment = { SECRETS_KEY: 's'.repeat(32) };
  const service = useService(startStandalone, open, { authenticators: [HONEST], environment });
  const admin = as({});
  const ofTeamA = as({ owner: 'team-a' });
  const call = (path: string, { headers, ...rest }: Call = {}): Promise<Answer> =>
    request(service.url + path, { ...rest, headers: { ...ofTeamA, ...headers } });
  const stateOf = async (id: string): Promise<unknown> => {
    const places = [`/admin/clients/${id}`, `/admin/clients/${id}/secrets`];
    const answers = await Promise.all(places.map((path) => request(service.url + path, { headers: admin })));
    return answers.map(({ status, text, headers }) => [status, text, headers['etag']]);
  };

  beforeAll(async () => {
    const clients = [
      { client_id: 'a1', owner: 'team-a', client_name: 'Alpha one', redirect_uris: ['https://a.example/cb'] },
      { client_id: 'b1', owner: 'team-b', client_name: 'Beta one', redirect_uris: ['https://b.example/cb'] },
      { client_id: 'nobodys', client_name: 'Gamma' },
    ];
    for (const body of clients)
      expect((await request(`${service.url}/admin/clients`, { method: 'POST', body, headers: admin })).status).toBe(
        201,
      );
  });

  it.each(GUARDED)('passes $operationId with its scope, and with no other', async (operation) => {
    const statuses: [string, number][] = [];
    const beside = [NEEDED_BESIDE[operation.operationId] ?? []].flat();
    for (const scope of ALL) {
      const scopes = [scope, ...beside];
      const { status, body, headers } = await ask(service.url, operation, 'nobody', as({ scopes }));
      statuses.push([scope, status]);
      if (status !== 403) continue;
      const needed = NEEDED[operation.operationId];
      expect(body).toEqual(ERROR('insufficient_scope'));
      expect(headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", scope="${needed}"`);
    }
    const passed = passedBy(operation);
    const expected = ALL.map((scope) => [scope, scope === NEEDED[operation.operationId] ? passed : 403]);
    expect(statuses).toEqual(expected);
    const none = as({ scopes: [] });
    expect((await ask(service.url, operation, 'nobody', none)).status).toBe(403);
    const others = as({ scopes: ALL.filter((scope) => scope !== NEEDED[operation.operationId]) });
    expect((await ask(service.url, operation, 'nobody', others)).status).toBe(403);
  });

  it.each(OF_CLIENTS)('with an owner finds no client of another by $operationId', async (operation) => {
    const unknown = await ask(service.url, operation, 'nobody', ofTeamA);
    for (const id of ['b1', 'nobodys']) {
      const before = await stateOf(id);
      const { status, text } = await ask(service.url, operation, id, ofTeamA);
      expect([status, text]).toEqual([404, unknown.text]);
      const conditional = { ...ofTeamA, 'if-match': '"some.1.1"', 'if-none-match': '*' };
      expect((await ask(service.url, operation, id, conditional)).status).toBe(404);
      expect(await stateOf(id)).toEqual(before);
    }
  });

  it.each([
    ['no filter', '', 1],
    ['its own owner', 'owner=team-a&', 1],
    ['the other owner', 'owner=team-b&', 0],
    ['the id', 'client_id=b1&', 0],
    ['ids of both', 'client_id=b1&client_id=a1&', 1],
    ['the name', 'client_name=Beta+one&', 0],
    ['a word', 'search=beta&', 0],
    ['the redirect URI', 'redirect_uri=https://b.example/cb&', 0],
    ['an order', 'sort=-updated_at&', 1],
  ])('with an owner lists only its clients, by %s', async (_, filter, count) => {
    const { status, body, headers } = await call(`/admin/clients?${filter}include_total=true`);
    const found = body as unknown as { owner: string }[];
    expect([status, found.map(({ owner }) => owner), headers['x-total-count']]).toEqual([
      200,
      Array(count).fill('team-a'),
      String(count),
    ]);
  });

  it('with an owner gets its owner for what it creates, and no other', async () => {
    for (const [client_id, owner] of [
      ['made-1', undefined],
      ['made-2', ''],
      ['made-3', 'team-a'],
    ]) {
      const { status, body } = await call('/admin/clients', { method: 'POST', body: { client_id, owner } });
      expect([status, body['owner']]).toEqual([201, 'team-a']);
    }
    const foreign = await call('/admin/clients', { method: 'POST', body: { client_id: 'made-4', owner: 'team-b' } });
    expect([foreign.status, foreign.body]).toEqual([403, ERROR('access_denied')]);
    expect((await request(`${service.url}/admin/clients/made-4`, { headers: admin })).status).toBe(404);
    const taken = await call('/admin/clients', { method: 'POST', body: { client_id: 'b1' } });
    expect(taken.status).toBe(409);
  });

  it.each([
    ['PUT without an owner keeps it', 'PUT', { client_name: 'Alpha' }, 200],
    ['PUT with its owner', 'PUT', { owner: 'team-a' }, 200],
    ['PUT with another', 'PUT', { owner: 'team-b' }, 403],
    ['a merge patch of another', 'PATCH', { owner: 'team-b' }, 403],
    ['a merge patch that unsets it keeps it', 'PATCH', { owner: null }, 200],
    ['a patch of another', 'PATCH', [replace('/owner', 'team-b')], 403],
    ['a patch that removes it keeps it', 'PATCH', [{ op: 'remove', path: '/owner' }], 200],
    ['a patch that copies another name into it', 'PATCH', [{ op: 'copy', from: '/client_id', path: '/owner' }], 403],
  ])('with an owner moves no client: %s', async (_, method, body, expected) => {
    const type = Array.isArray(body) || method === 'PUT' ? 'application/json' : 'application/merge-patch+json';
    const before = await stateOf('a1');
    const answer = await call('/admin/clients/a1', { method, body, headers: { 'content-type': type } });
    expect(answer.status).toBe(expected);
    if (expected === 403) expect(await stateOf('a1')).toEqual(before);
    else expect(answer.body['owner']).toBe('team-a');
  });

  it('that may not write secrets learns nothing about them, and changes none', async () => {
    const editor = as({ scopes: ['clients:read', 'clients:write'] });
    const created = await request(`${service.url}/admin/clients`, {
      method: 'POST',
      body: { client_id: 'kept', client_secret_expires_at: 4102444800 },
      headers: admin,
    });
    const { client_secret: right } = created.body;
    const { text } = await request(`${service.url}/admin/clients/kept`, { headers: editor });
    const shown = JSON.parse(text) as object;
    const before = await stateOf('kept');
    const texts = new Set<string>();
    for (const client_secret of [right, 'a wrong secret'])
      for (const [method, body] of [
        ['PUT', { ...shown, client_secret }],
        ['PATCH', [{ op: 'add', path: '/client_secret', value: client_secret }]],
      ] as const) {
        const answer = await request(`${service.url}/admin/clients/kept`, { method, body, headers: editor });
        expect([answer.status, answer.body]).toEqual([403, ERROR('insufficient_scope')]);
        expect(answer.headers['www-authenticate']).toContain('scope="secrets:write"');
        texts.add(answer.text);
      }
    expect(texts.size).toBe(1);
    for (const change of [
      { client_secret_expires_at: 4102444801 },
      { client_secret_expires_at: 0 },
      { client_secret_hash: IMPORTED_HASHES.bcrypt },
      { token_endpoint_auth_method: 'none' },
    ]) {
      const put = { method: 'PUT', body: { ...shown, ...change }, headers: editor };
      expect((await request(`${service.url}/admin/clients/kept`, put)).status).toBe(403);
    }
    expect(await stateOf('kept')).toEqual(before);
    const put = { method: 'PUT', body: { ...shown, client_name: 'Kept' }, headers: editor };
    expect((await request(`${service.url}/admin/clients/kept`, put)).status).toBe(200);
    const rotate = { method: 'POST', headers: as({ scopes: ['secrets:write'] }) };
    expect((await request(`${service.url}/admin/clients/kept/secrets/rotate`, rotate)).status).toBe(200);
  });
});

describe('ADMIN_AUTH=api-key with ADMIN_API_KEY', () => {
  const KEY = 'k'.repeat(31) + '/+=';
  const lines: string[] = [];
  const note = (message: unknown) => void lines.push(String(message));
  const logger: LoggerService = { log: () => undefined, warn: note, error: note };
  const service = useService(startStandalone, SQLITE.open, {
    // One wrong key is sent to each operation.
    environment: { ADMIN_AUTH: 'api-key', ADMIN_API_KEY: KEY, ADMIN_MAX_REFUSED: '0' },
    logger,
  });
  const get = (path: string, headers: Record<string, string>, method = 'GET') =>
    request(service.url + path, { headers, method });

  it('lets in who has the key, to everything', async () => {
    for (const operation of GUARDED) {
      const { status } = await ask(service.url, operation, 'nobody', BEARER(KEY));
      expect([401, 403].filter((refusal) => refusal !== passedBy(operation))).not.toContain(status);
    }
    expect((await get('/admin/clients', { authorization: `bearer  ${KEY}` })).status).toBe(200);
  });

  it.each([
    ['another key', BEARER(`${KEY}x`), 'Bearer error="invalid_token"'],
    ['a part of the key', BEARER(KEY.slice(0, -1)), 'Bearer error="invalid_token"'],
    [
      'another scheme',
      { authorization: `Basic ${Buffer.from(`admin:${KEY}`).toString('base64')}` },
      'Bearer error="invalid_token"',
    ],
    ['the key without a scheme', { authorization: KEY }, 'Bearer error="invalid_token"'],
    ['an empty header', { authorization: '' }, 'Bearer'],
    ['nothing', {}, 'Bearer'],
  ])('refuses %s everywhere, with one line in the log that does not repeat it', async (_, headers, challenge) => {
    lines.length = 0;
    const places = [
      ...GUARDED.map(({ method, path }) => [method, path.replace('{id}', 'a')] as const),
      ['GET', '/clients'],
      ['POST', '/clients'],
      ['GET', '/clients/a'],
      ['PUT', '/admin/clients'],
      ['OPTIONS', '/admin/clients/a/secrets/rotate'],
    ] as const;
    for (const [method, path] of places) {
      const answer = await get(path, headers, method);
      expect([method, path, answer.status, answer.headers['www-authenticate']]).toEqual([method, path, 401, challenge]);
      expect([answer.body, answer.headers['cache-control']]).toEqual([ERROR('invalid_token'), 'no-store']);
    }
    expect(lines).toHaveLength(places.length);
    expect(lines.join()).not.toContain(KEY.slice(0, 20));
  });

  it('leaves probes, version and documentation open', async () => {
    for (const path of ['/health/alive', '/health/ready', '/version', '/docs', '/openapi.json'])
      expect([path, (await get(path, {})).status]).toEqual([path, 200]);
    expect((await request(`${service.url}/`)).status).toBe(200);
  });

  it('refuses before the body arrives', async () => {
    const { port, host } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`POST /admin/clients HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"cli`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('HTTP/1.1 401 ');
    await once(socket.resume(), 'close');
  });

  it('answers 413 to a body that is announced to be too large, whoever sends it', async () => {
    const head = `POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n`;
    expect((await answerTo(service.url, head)).head).toContain('413');
  });
});

describe('the start is refused', () => {
  it.each([
    [{ ADMIN_HOST: '0.0.0.0' }, 'ADMIN_AUTH must be set, since other machines may reach ADMIN_HOST'],
    [{ ADMIN_HOST: '::' }, 'ADMIN_AUTH must be set'],
    [{ ADMIN_API_KEY: 'k'.repeat(32) }, 'ADMIN_API_KEY has no effect'],
    [{ ADMIN_AUTH: 'none', ADMIN_API_KEY: 'k'.repeat(32) }, 'ADMIN_API_KEY has no effect'],
    [{ ADMIN_AUTH: 'api-key', ADMIN_API_KEY: 'k'.repeat(31) }, 'ADMIN_API_KEY must have 32 to 1024'],
    [{ ADMIN_AUTH: 'jwt' }, 'ADMIN_JWT_AUDIENCE must be set for ADMIN_AUTH=jwt'],
    [{ ADMIN_AUTH: 'jwt', ADMIN_JWT_AUDIENCE: 'a' }, 'ADMIN_JWT_ISSUER or ADMIN_JWT_JWKS_URL must be set'],
    [
      { ADMIN_AUTH: 'none', ADMIN_JWT_OWNER_CLAIM: 'team' },
      'ADMIN_JWT_OWNER_CLAIM has no effect: add jwt to ADMIN_AUTH',
    ],
    [
      { ADMIN_JWT_ISSUER: 'http://issuer.example', ADMIN_JWT_JWKS_URL: 'keys' },
      'ADMIN_JWT_ISSUER must be an https URL, or an http URL of this machine, without a user, a query or a fragment; ADMIN_JWT_JWKS_URL must be an https URL',
    ],
    [{ ADMIN_AUTH: 'mtls' }, 'ADMIN_MTLS_PRINCIPALS must be set for ADMIN_AUTH=mtls'],
    [
      { ADMIN_AUTH: 'mtls', ADMIN_MTLS_PRINCIPALS: 'no-file' },
      'ADMIN_MTLS_PRINCIPALS names a file that cannot be read (ENOENT)',
    ],
    [
      { ADMIN_AUTH: 'mtls', ADMIN_MTLS_PRINCIPALS: 'package.json' },
      'ADMIN_MTLS_PRINCIPALS must name a file with a JSON array',
    ],
    [{ ADMIN_TLS_CLIENT_CA: 'ca.pem' }, 'ADMIN_TLS_CERT and ADMIN_TLS_KEY must both be set'],
    [{ ADMIN_TLS_CERT: 'LICENSE' }, 'ADMIN_TLS_CERT and ADMIN_TLS_KEY must both be set'],
    [
      { ADMIN_TLS_CERT: 'no-file', ADMIN_TLS_KEY: 'LICENSE' },
      'ADMIN_TLS_CERT names a file that cannot be read (ENOENT)',
    ],
    [{ ADMIN_TLS_CERT: 'LICENSE', ADMIN_TLS_KEY: 'LICENSE' }, 'The files of ADMIN_TLS_… cannot be used'],
    [{ ADMIN_AUTH: 'api-key,none' }, 'ADMIN_AUTH must not have none beside others'],
    [{ ADMIN_AUTH: 'apikey' }, 'ADMIN_AUTH must be'],
  ])('with %j', async (environment, sentence) => {
    await using database = await SQLITE.open();
    const start = startStandalone({ database, environment: { ADMIN_AUTH: '', ADMIN_API_KEY: '', ...environment } });
    const { message } = await start.then(
      () => new Error('It started.'),
      (error: Error) => error,
    );
    expect(message).toContain(sentence);
    expect(message).not.toContain('kkkk');
  });

  it('with a code and a sentence', async () => {
    await using database = await SQLITE.open();
    const environment = { DATABASE_URL: database.url, ADMIN_PORT: '0', ADMIN_AUTH: 'jwt' };
    const { exitCode, stderr } = await command(['serve'], { environment });
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringContaining('The configuration is wrong: ADMIN_JWT_AUDIENCE must be set'),
    ]);
  });
});

describe.each(PLATFORMS)('a host on $platform', ({ platform }) => {
  /** The host's own login. */
  @Injectable()
  class Login implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const http = context
        .switchToHttp()
        .getRequest<Parameters<typeof actAs>[0] & { headers: Record<string, string> }>();
      const [, user, scope] = /^(\w+) (\S+)$/.exec(http.headers['authorization'] ?? '') ?? [];
      const principal: Principal = { type: 'host', id: user ?? '', name: user ?? '', scopes: [scope as Scope] };
      if (user !== undefined) actAs(http, { ...principal, ...(user === 'ann' && { owner: 'team-a' }) });
      return true;
    }
  }

  it('holds its own users to scopes and owners', async () => {
    await using host = await startHost(platform, {
      imports: [
        TypeOrmModule.forRoot({ ...dataSourceOptions('sqlite::memory:', true), retryAttempts: 0 }),
        ClientsModule.forRoot({ guards: [Login, AccessGuard], secrets: { bcryptCost: 4 } }),
      ],
    });
    const url = `${host.url}/admin/clients`;
    const create = (authorization: string, body: object) =>
      request(url, { method: 'POST', body, headers: { authorization } });
    expect((await create('', {})).status).toBe(401);
    expect((await create('ann clients:read', {})).status).toBe(403);
    const made = await create('ann clients:write', { client_id: 'a' });
    expect([made.status, made.body['owner'], tagOf(made)]).toEqual([201, 'team-a', expect.any(String)]);
    expect((await create('bob clients:write', { client_id: 'b', owner: 'team-b' })).status).toBe(201);
    const list = await request(url, { headers: { authorization: 'ann clients:read' } });
    expect((JSON.parse(list.text) as { client_id: string }[]).map(({ client_id: id }) => id)).toEqual(['a']);
  });
});
