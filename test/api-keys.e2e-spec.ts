import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { DataSource } from 'typeorm';
import { labelOf, PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { ApiKeyStatements } from '../src/keys/api-key.statements.js';
import { ApiKeys } from '../src/keys/api-keys.service.js';
import { MOST_KEYS } from '../src/keys/api-key-errors.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { generateSecret } from '../src/secrets/generated/secret-format.js';
import { startStandalone } from './support/app.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { request, type Answer, type Call } from './support/http.js';
import { keptLog } from './support/log.js';
import { spyOnReads } from './support/reads.js';
import { useService } from './support/use.js';

const FIRST = 'f'.repeat(40);
const ENVIRONMENT = { ADMIN_AUTH: 'api-key', ADMIN_API_KEY: FIRST };
const REFUSED = { error: 'invalid_token', error_description: expect.any(String) };
const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** Asks a service with a key. */
const asking =
  (url: string) =>
  (key: string, path: string, call: Call = {}): Promise<Answer> =>
    request(url + path, { ...call, headers: { ...call.headers, authorization: `Bearer ${key}` } });

interface Made {
  id: string;
  key: string;
}

/** Makes a key. */
async function making(url: string, body: object, maker = FIRST): Promise<Made> {
  const { status, body: made } = await asking(url)(maker, '/admin/keys', {
    method: 'POST',
    body: { name: 'test', scopes: ['clients:read'], ...body },
  });
  expect([status, made]).toEqual([201, expect.objectContaining({ key: expect.stringMatching(/^oaak_\w{49}$/) })]);
  return made as unknown as Made;
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe.each(DATABASES)('an API key, on $database,', ({ open }) => {
  const log = keptLog();
  const service = useService(startStandalone, open, { environment: ENVIRONMENT, logger: log.logger });
  const ask = (key: string, path: string, call?: Call) => asking(service.url)(key, path, call);
  const make = (body: object, maker?: string) => making(service.url, body, maker);
  const clients = (key: string) => ask(key, '/admin/clients');
  const ids = async () => (JSON.parse((await ask(FIRST, '/admin/keys')).text) as { id: string }[]).map(({ id }) => id);

  beforeAll(async () => {
    for (const body of [
      { client_id: 'a1', owner: 'team-a' },
      { client_id: 'b1', owner: 'team-b' },
    ])
      expect((await ask(FIRST, '/admin/clients', { method: 'POST', body })).status).toBe(201);
  });

  it('is shown once, and kept as a digest', async () => {
    const end = soon(3600);
    const body = { name: 'ci', scopes: ['secrets:write', 'clients:read', 'secrets:write'], expires_at: end };
    const made = await ask(FIRST, '/admin/keys', { method: 'POST', body });
    const { key, ...known } = made.body;
    expect(known).toEqual({
      id: expect.any(String),
      name: 'ci',
      scopes: ['secrets:write', 'clients:read'],
      owner: '',
      expires_at: end,
      last_used_at: null,
      created_at: expect.stringMatching(/^\d{4}-.+Z$/),
      created_by: { type: 'api_key', id: 'ADMIN_API_KEY' },
    });
    expect([made.status, made.headers['cache-control']]).toEqual([201, 'no-store']);
    const list = await ask(FIRST, '/admin/keys');
    expect(JSON.parse(list.text)).toContainEqual(known);
    expect((await ask(FIRST, `/admin/keys/${String(known['id'])}`)).body).toEqual(known);
    const digest = createHash('sha256').update(String(key)).digest('hex');
    const [row] = await service.dataSource.query<object[]>(
      `SELECT * FROM oauth2_client_api_key WHERE id = '${String(known['id'])}'`,
    );
    expect(Object.values(row ?? {})).toContain(digest);
    expect(JSON.stringify(row)).not.toContain(String(key));
    const inProcess = await service.get(ApiKeys).create('{"name":"here","scopes":["clients:read"]}');
    expect([inProcess.shown.key, inProcess.created_by]).toEqual([inProcess.key, { type: 'host', id: '' }]);
    for (const text of [log.text(), list.text, JSON.stringify(inProcess), inspect({ inProcess }, { showHidden: true })])
      for (const secret of [String(key), digest, inProcess.key]) expect(text).not.toContain(secret);
    expect(log.text()).toContain(`API key ${String(known['id'])} ("ci") was made by api_key ADMIN_API_KEY.`);
  });

  it('lets in to what its scopes and its owner allow', async () => {
    const { key } = await make({ scopes: ['clients:read', 'clients:write'], owner: 'team-a' });
    const list = await clients(key);
    expect((JSON.parse(list.text) as { client_id: string }[]).map(({ client_id: id }) => id)).toEqual(['a1']);
    expect((await ask(key, '/admin/clients/b1')).status).toBe(404);
    expect((await ask(key, '/admin/clients/a1', { method: 'DELETE' })).status).toBe(403);
    const put = await ask(key, '/admin/clients/a1', { method: 'PUT', body: { client_name: 'A' } });
    expect([put.status, put.body['owner']]).toEqual([200, 'team-a']);
    const { actor } = (
      await service.dataSource.query<[{ actor: string }]>(
        `SELECT actor FROM oauth2_client_change WHERE client_id = 'a1' ORDER BY seq DESC`,
      )
    )[0];
    expect(JSON.parse(actor)).toMatchObject({ type: 'api_key', name: 'test', owner: 'team-a' });
  });

  it.each([
    ['with another character', (key: string) => `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`],
    ['of another registry', () => generateSecret('oaak_')],
    ['with another prefix', (key: string) => key.replace('oaak_', 'oacs_')],
    ['that is a part of one', (key: string) => key.slice(0, 40)],
  ])('%s is refused', async (_, wrong) => {
    const { key } = await make({});
    const { status, body, headers } = await clients(wrong(key));
    expect([status, body, headers['www-authenticate']]).toEqual([401, REFUSED, 'Bearer error="invalid_token"']);
  });

  it('lets nobody in when it has ended', async () => {
    const { key } = await make({ expires_at: soon(3600) });
    expect((await clients(key)).status).toBe(200);
    const later = Date.now() + 3_600_000;
    jest.spyOn(Date, 'now').mockReturnValue(later);
    expect((await clients(key)).status).toBe(401);
  });

  it('lets nobody in once it is revoked, also by another process while it is in use; a second time is 404', async () => {
    await using other = await startStandalone({
      database: service.database,
      environment: ENVIRONMENT,
      logger: log.logger,
    });
    const { id, key } = await make({});
    const statuses: number[] = [];
    const using = async () => {
      do statuses.push((await clients(key)).status);
      while (statuses.at(-1) === 200);
    };
    const users = [using(), using(), using()];
    await eventually(() => statuses.length > 10);
    const revoke = () => asking(other.url)(FIRST, `/admin/keys/${id}`, { method: 'DELETE' });
    const answerAndNextUse = async () => [(await revoke()).status, (await clients(key)).status];
    // Also the one that comes too late acknowledges the revocation.
    const answers = await Promise.all([answerAndNextUse(), answerAndNextUse()]);
    expect(answers.toSorted()).toEqual([
      [204, 401],
      [404, 401],
    ]);
    await Promise.all(users);
    expect(new Set(statuses)).toEqual(new Set([200, 401]));
    const again = await revoke();
    expect([again.status, again.body['error']]).toEqual([404, 'not_found']);
    expect((await ask(FIRST, `/admin/keys/${id}`)).status).toBe(404);
  });

  it('notes its last use behind the request, at most once a minute', async () => {
    const { id, key } = await make({});
    const lastUse = async () => (await ask(FIRST, `/admin/keys/${id}`)).body['last_used_at'] as string | null;
    const change = jest.spyOn(service.get(PreparedDatabase), 'change');
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => clients(key)));
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    }
    await eventually(async () => (await lastUse()) !== null);
    expect(change).toHaveBeenCalledTimes(1);
    const first = await lastUse();
    const later = Date.now() + 61_000;
    jest.spyOn(Date, 'now').mockReturnValue(later);
    await clients(key);
    await eventually(async () => (await lastUse()) !== first);
    expect([await lastUse(), change.mock.calls.length]).toEqual([new Date(later).toISOString(), 2]);
    // Another process, whose clock is behind.
    await service.dataSource.query(
      `UPDATE oauth2_client_api_key SET last_used_at = '2999-01-01T00:00:00.000Z' WHERE id = '${id}'`,
    );
    await service.get(ApiKeyStatements).use(id, new Date(later).toISOString());
    expect(await lastUse()).toBe('2999-01-01T00:00:00.000Z');
  });

  it('lets in while its last use cannot be noted', async () => {
    const { id, key } = await make({});
    const writer = await new DataSource(dataSourceOptions(service.database.url, false)).initialize();
    const runner = writer.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`UPDATE oauth2_client_api_key SET name = name WHERE id = '${id}'`);
    const answers = [await clients(key), await clients(key)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await runner.rollbackTransaction();
    await runner.release();
    await writer.destroy();
  });

  it('can make keys that may do no more than itself', async () => {
    const end = soon(7200);
    const scopes = ['keys:write', 'clients:read'];
    const maker = await make({ scopes, owner: 'team-a', expires_at: end });
    const attempt = (body: object) =>
      ask(maker.key, '/admin/keys', {
        method: 'POST',
        body: { name: 'child', scopes: ['clients:read'], expires_at: end, ...body },
      });
    const before = await ids();
    for (const [body, status, error, words] of [
      [{ scopes: ['clients:read', 'clients:delete'] }, 403, 'insufficient_scope', 'clients:delete'],
      [{ owner: 'team-b' }, 403, 'access_denied', 'owner'],
      [{ expires_at: 0 }, 403, 'access_denied', String(end)],
      [{ expires_at: end + 1 }, 403, 'access_denied', 'expires_at'],
    ] as const) {
      const answer = await attempt(body);
      expect([answer.status, answer.body]).toEqual([
        status,
        { error, error_description: expect.stringContaining(words) },
      ]);
    }
    expect(await ids()).toEqual(before);
    const child = await attempt({ scopes, owner: '' });
    expect([child.status, child.body]).toEqual([
      201,
      expect.objectContaining({
        scopes,
        owner: 'team-a',
        expires_at: end,
        created_by: { type: 'api_key', id: maker.id },
      }),
    ]);
    expect((await attempt({ owner: 'team-a', expires_at: end - 60 })).status).toBe(201);
    // A key without an owner may make one with an owner.
    const free = await make({ scopes });
    expect((await make({ owner: 'team-b' }, free.key)).key).toBeDefined();
  });

  it('of one owner sees and revokes only keys of that owner', async () => {
    const bound = await make({ scopes: ['keys:write'], owner: 'team-a' });
    const own = await make({ owner: 'team-a' });
    const foreign = [await make({ owner: 'team-b' }), await make({})];
    const list = JSON.parse((await ask(bound.key, '/admin/keys')).text) as { id: string; owner: string }[];
    expect(new Set(list.map(({ owner }) => owner))).toEqual(new Set(['team-a']));
    expect(list.map(({ id }) => id)).toEqual(expect.arrayContaining([bound.id, own.id]));
    const unknown = await ask(bound.key, `/admin/keys/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`);
    for (const { id, key } of foreign) {
      for (const method of ['GET', 'DELETE']) {
        const { status, text } = await ask(bound.key, `/admin/keys/${id}`, { method });
        expect([status, text]).toEqual([404, unknown.text]);
      }
      expect((await clients(key)).status).toBe(200);
    }
    expect((await ask(bound.key, `/admin/keys/${own.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await clients(own.key)).status).toBe(401);
    expect(log.text()).toContain(`API key ${own.id} ("test") was revoked by api_key ${bound.id}.`);
  });

  it.each([
    ['no name', { name: undefined }, ['/name'], 'name must be given.'],
    ['a blank name', { name: ' ' }, ['/name'], 'name must not be blank.'],
    ['a long name', { name: 'n'.repeat(256) }, ['/name'], 'name must not be longer than 255 characters.'],
    ['a number as its name', { name: 7 }, ['/name'], 'name must be a string.'],
    ['no scopes', { scopes: [] }, ['/scopes'], 'scopes must name at least one scope.'],
    ['a text as scopes', { scopes: 'clients:read' }, ['/scopes'], 'scopes must be an array of strings.'],
    [
      'an unknown scope',
      { scopes: ['clients:read', 'client:read'] },
      ['/scopes/1'],
      expect.stringMatching(/^scopes\[1\] must be one of clients:read, .*keys:write.*\.$/),
    ],
    ['a long owner', { owner: 'o'.repeat(513) }, ['/owner'], expect.stringContaining('512')],
    ['an end in the past', { expires_at: 1 }, ['/expires_at'], 'expires_at must lie in the future, or be 0 for never.'],
    ['a negative end', { expires_at: -1 }, ['/expires_at'], expect.stringContaining('whole number')],
    ['a member in another case', { Name: 'x' }, ['/Name'], expect.stringContaining('write name')],
    ['several faults', { name: '', scopes: [] }, ['/name', '/scopes'], 'name must be given.'],
  ])('is not made with %s', async (_, members, pointers, description) => {
    const body = { name: 'x', scopes: ['clients:read'], ...members };
    const before = await ids();
    const answer = await ask(FIRST, '/admin/keys', { method: 'POST', body });
    const { error, error_description: said, errors } = answer.body;
    expect([answer.status, error, said]).toEqual([400, 'invalid_request', description]);
    expect((errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
    expect(await ids()).toEqual(before);
  });

  it('is made from a body with unknown members, unless the caller is strict', async () => {
    const body = { name: 'x', scopes: ['clients:read'], colour: 'blue' };
    expect((await ask(FIRST, '/admin/keys', { method: 'POST', body })).status).toBe(201);
    const headers = { prefer: 'handling=strict' };
    const strict = await ask(FIRST, '/admin/keys', { method: 'POST', body, headers });
    expect([strict.status, strict.headers['preference-applied']]).toEqual([400, 'handling=strict']);
    for (const wrong of ['', '[]', '{"name"', 'null'])
      expect((await ask(FIRST, '/admin/keys', { method: 'POST', body: wrong })).status).toBe(400);
  });

  it('has no id that is not a UUID', async () => {
    for (const id of ['nobody', '\0', 'x'.repeat(300), "' OR 1=1 --", '0'.repeat(36)])
      for (const method of ['GET', 'DELETE'])
        expect((await ask(FIRST, `/admin/keys/${encodeURIComponent(id)}`, { method })).status).toBe(404);
  });

  it('has no other methods', async () => {
    for (const [method, path, allow] of [
      ['PUT', '/admin/keys', 'POST, GET'],
      ['PATCH', '/admin/keys/x', 'GET, DELETE'],
    ] as const) {
      const { status, headers } = await ask(FIRST, path, { method, body: {} });
      expect([status, headers['allow']?.split(', ')]).toEqual([405, expect.arrayContaining(allow.split(', '))]);
    }
  });

  it('is one of at most a thousand', async () => {
    const { length } = await ids();
    const rows = Array.from(
      { length: MOST_KEYS - length },
      (_, at) => `('filler-${at}', 'filler', 'clients:read', '', 'digest-${at}', '', '{}', 0)`,
    );
    await service.dataSource.query(
      `INSERT INTO oauth2_client_api_key (id, name, scopes, owner, digest, created_at, created_by, expires_at) VALUES ${rows.join()}`,
    );
    const create = () =>
      ask(FIRST, '/admin/keys', { method: 'POST', body: { name: 'last', scopes: ['clients:read'] } });
    const { status, body } = await create();
    expect([status, body['error']]).toEqual([409, 'conflict']);
    await service.dataSource.query(`DELETE FROM oauth2_client_api_key WHERE id = 'filler-0'`);
    expect((await create()).status).toBe(201);
  });
});

describe('an API key when PostgreSQL is gone', () => {
  it('is refused where its checksum is wrong, which needs no read; every other one is 503', async () => {
    const database = await POSTGRES.open();
    await using service = await startStandalone({ database, environment: ENVIRONMENT });
    const { key } = await making(service.url, {});
    await database.drop();
    const ask = asking(service.url);
    for (const one of [key, generateSecret('oaak_')]) {
      const { status, headers } = await ask(one, '/admin/clients');
      expect([status, headers['retry-after']]).toEqual([503, '1']);
    }
    for (const one of [`${key}x`, `${key.slice(0, -1)}_`, 'oaak_', `oaak_${'x'.repeat(5000)}`])
      expect((await ask(one, '/admin/clients')).status).toBe(401);
  });
});

describe('the first API keys', () => {
  it('can be made while everybody is let in, and then let in where a key is needed', async () => {
    await using database = await SQLITE.open();
    const body = { name: 'operator', scopes: ['clients:read', 'keys:write'] };
    let key = '';
    {
      await using open = await startStandalone({ database, environment: { ADMIN_AUTH: 'none' } });
      const made = await request(`${open.url}/admin/keys`, { method: 'POST', body });
      expect([made.status, made.body['created_by']]).toEqual([201, { type: 'anonymous', id: '' }]);
      key = String(made.body['key']);
    }
    const { logger, text } = keptLog();
    await using guarded = await startStandalone({ database, environment: { ADMIN_AUTH: 'api-key' }, logger });
    expect((await request(`${guarded.url}/admin/keys`)).status).toBe(401);
    expect((await asking(guarded.url)(key, '/admin/clients')).status).toBe(200);
    expect(text()).not.toContain('No API key');
  });

  it('are missed at start, with a line in the log, when none lets anybody in', async () => {
    await using database = await SQLITE.open();
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, environment: { ADMIN_AUTH: 'api-key' }, logger });
    expect(text()).toContain('No API key lets anybody in: make one with oauth2-client-registry keys create');
    expect((await request(`${service.url}/admin/clients`)).status).toBe(401);
  });
});

describe('an API key, on PostgreSQL,', () => {
  const service = useService(startStandalone, POSTGRES.open, { environment: ENVIRONMENT });

  it('is looked up four times a second at most', async () => {
    const { key } = await making(service.url, {});
    const spies = await spyOnReads(service.get(PreparedDatabase));
    const began = performance.now();
    for (let round = 0; round < 30; round += 1)
      expect((await asking(service.url)(key, '/admin/clients')).status).toBe(200);
    const periods = Math.floor((performance.now() - began) / 250) + 2;
    const lookedUp = spies.flatMap(({ mock }) => mock.calls).filter(([query]) => labelOf(query) === 'key_digest');
    expect(lookedUp.length).toBeGreaterThan(0);
    expect(lookedUp.length).toBeLessThanOrEqual(periods);
  });
});
