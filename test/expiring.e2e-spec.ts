import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Query } from '../src/database/sql/prepared-database.js';
import { readExpiringQuery } from '../src/expiry/expiring.query.js';
import { ExpiringStatements } from '../src/expiry/expiring.statements.js';
import { ApiKeys } from '../src/keys/api-keys.service.js';
import { InitialAccessTokens } from '../src/registration/tokens/initial-access-tokens.js';
import { startStandalone } from './support/app.js';
import { commandHere } from './support/command-here.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { FULL_KEY } from './support/full-key.mjs';
import { post, request } from './support/http.js';
import { rowsLookedAt } from './support/plans.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const PATH = '/admin/expiring';
const READER = as({ scopes: ['clients:read', 'owners:all'] });
const inDays = (days: number) => Math.floor(Date.now() / 1000 + days * 86_400);

interface Ending {
  kind: string;
  id: string;
  client_id: string | null;
  name: string | null;
  owner: string;
  expires_at: number;
}

describe.each(DATABASES)('what ends soon, on $database,', ({ open }) => {
  const service = useService(startStandalone, open, { authenticators: [HONEST] });
  const asked = async (query: string, headers = as({})) => request(`${service.url}${PATH}${query}`, { headers });
  const endings = async (query: string, headers?: Record<string, string>) =>
    (await asked(query, headers)).body as unknown as Ending[];
  const names = (all: Ending[]) => all.map(({ client_id: id, name }) => id ?? name);

  beforeAll(async () => {
    const headers = as({});
    for (const [id, owner, days] of [
      ['in-20', 'team-a', 20],
      ['in-3', 'team-b', 3],
      ['in-100', 'team-a', 100],
      ['in-half', 'team-a', 0.5],
    ] as const) {
      const body = { client_id: id, owner, client_secret_expires_at: inDays(days) };
      expect((await request(`${service.url}/admin/clients`, { method: 'POST', body, headers })).status).toBe(201);
    }
    const never = { method: 'POST', body: { client_id: 'never' }, headers };
    expect((await request(`${service.url}/admin/clients`, never)).status).toBe(201);
    const label = { method: 'POST', body: { label: 'blue', expires_at: inDays(5) }, headers };
    expect((await request(`${service.url}/admin/clients/never/secrets`, label)).status).toBe(201);
    const keys = service.get(ApiKeys);
    for (const [name, owner, days] of [
      ['key-4', 'team-a', 4],
      ['key-60', '', 60],
    ] as const)
      await keys.create(JSON.stringify({ name, owner, scopes: ['clients:read'], expires_at: inDays(days) }));
    const tokens = service.get(InitialAccessTokens);
    for (const name of ['token-50', 'used-up'])
      await tokens.create(JSON.stringify({ label: name, owner: 'team-a', expires_at: inDays(50) }));
    await service.dataSource.query(`UPDATE oauth2_client_initial_token SET uses = 1 WHERE label = 'used-up'`);
    // One that has ended.
    await service.dataSource.query(
      `UPDATE oauth2_client_secret SET expires_at = 1 WHERE client_id = 'never' AND label IS NULL`,
    );
  });

  it('is listed by its end: what has not ended, and does so within the time', async () => {
    const all = await endings('');
    expect(names(all)).toEqual(['in-half', 'in-3', 'key-4', 'never', 'in-20']);
    expect(all[1]).toEqual({
      kind: 'secret',
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      client_id: 'in-3',
      name: null,
      owner: 'team-b',
      expires_at: expect.any(Number),
    });
    expect(all[2]).toMatchObject({ kind: 'api_key', client_id: null, name: 'key-4', owner: 'team-a' });
    expect(all[3]).toMatchObject({ kind: 'secret', name: 'blue', owner: '' });
    expect(names(await endings('?within=13h'))).toEqual(['in-half']);
    expect(names(await endings('?within=3d12h'))).toEqual(['in-half', 'in-3']);
    expect(names(await endings('?within=366d'))).toHaveLength(8);
    expect((await endings('?within=51d')).at(-1)).toMatchObject({
      kind: 'registration_token',
      client_id: null,
      name: 'token-50',
      owner: 'team-a',
    });
  });

  it('is read page by page, nothing twice and nothing left out', async () => {
    const seen: (string | null)[] = [];
    for (let query = '?within=366d&page_size=2'; query;) {
      const { body, headers } = await asked(query);
      seen.push(...names(body as unknown as Ending[]));
      const link = headers['link'] ?? '';
      query = /,<\/admin\/expiring(\?[^>]*)>; rel="next"/.exec(link)?.[1] ?? '';
      expect(link).toMatch(/^<\/admin\/expiring\?[^>]*within=366d>; rel="first"/);
    }
    expect(seen).toEqual(['in-half', 'in-3', 'key-4', 'never', 'in-20', 'token-50', 'key-60', 'in-100']);
  });

  it('has API keys and initial access tokens for those who may list them, and for a caller with an owner only what is of that owner', async () => {
    expect(names(await endings('', READER))).toEqual(['in-half', 'in-3', 'never', 'in-20']);
    const maker = as({ scopes: ['clients:read', 'registration-tokens:write', 'owners:all'] });
    expect(names(await endings('?within=61d', maker))).toEqual(['in-half', 'in-3', 'never', 'in-20', 'token-50']);
    expect(names(await endings('', as({ owner: 'team-a' })))).toEqual(['in-half', 'key-4', 'in-20']);
    expect(names(await endings('', as({ owner: 'team-b', scopes: ['clients:read'] })))).toEqual(['in-3']);
    expect((await asked('', as({ scopes: ['keys:write'] }))).status).toBe(403);
  });

  it.each([
    '0s',
    '0d',
    '1 month',
    '30',
    '-1d',
    '367d',
    '366d1s',
    '1d1d',
    '1h1d',
    '9'.repeat(9) + 'd',
    '9'.repeat(31) + 'h',
    'd',
  ])('refuses within=%s with a sentence that names it', async (within) => {
    const { status, body } = await asked(`?within=${encodeURIComponent(within)}`);
    expect([status, body['error'], body['error_description']]).toEqual([
      400,
      'invalid_request',
      'within must be a time from 1s to 366d, such as 30d, 12h or 1d12h.',
    ]);
  });

  it('refuses a page of a list with another time', async () => {
    const { headers } = await asked('?within=366d&page_size=1');
    const token = new URLSearchParams(/\?([^>]*)>; rel="next"/.exec(headers['link'] ?? '')?.[1]).get('page_token');
    const { status, body } = await asked(`?within=30d&page_token=${token}`);
    expect([status, body['error_description']]).toEqual([400, expect.stringContaining('page_token')]);
  });
});

describe.each(DATABASES)('a page of what ends soon among 20,000 secrets, on $database,', ({ open, isPostgres }) => {
  const service = useService(startStandalone, open);

  beforeAll(async () => {
    const series = `WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < 20000)`;
    await service.dataSource.query(
      `INSERT INTO oauth2_client (id, version, shape, tag, document, owner, name, auth_method, created_at, updated_at, registration_token_digest)
       ${series} SELECT 'client' || i, 1, 1, 'tag', '{}', CASE WHEN i % 2000 = 0 THEN 'rare' ELSE '' END, '', '', '', '', '' FROM series`,
    );
    await service.dataSource.query(
      `INSERT INTO oauth2_client_secret (id, client_id, hash, created_at, expires_at)
       ${series} SELECT 'secret' || i, 'client' || i, '', '', ${inDays(1)} + i FROM series`,
    );
    await service.dataSource.query('ANALYZE');
  });

  const planOf = (select: Query) =>
    service.dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${select.text}`, [...select.values]);

  it('looks at no more than it shows', async () => {
    const last = { end: inDays(1) + 5000, id: '00000000-0000-0000-0000-000000000000' };
    for (const query of [new URLSearchParams(), readExpiringQuery(new URLSearchParams()).page(last)]) {
      const select = service.get(ExpiringStatements).selectSecrets({ ...readExpiringQuery(query), owner: undefined });
      if (isPostgres) {
        expect(await rowsLookedAt(service.database.url, select)).toBeLessThanOrEqual(300);
        continue;
      }
      expect((await planOf(select)).map(({ detail }) => detail)).toEqual([
        expect.stringMatching(/^SEARCH ending USING INDEX oauth2_client_secret_expires_at /),
        expect.stringMatching(/^SEARCH client USING .*\(id=\?\)$/),
      ]);
    }
  });

  it('looks at the clients of an owner alone for a caller of that owner', async () => {
    const query = readExpiringQuery(new URLSearchParams());
    const select = service.get(ExpiringStatements).selectSecrets({ ...query, owner: 'rare' });
    expect(await service.dataSource.query(select.text, [...select.values])).toHaveLength(10);
    if (isPostgres) return expect(await rowsLookedAt(service.database.url, select)).toBeLessThanOrEqual(300);
    expect((await planOf(select)).map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SEARCH client USING .*\(owner=\?\)$/),
      expect.stringMatching(/^SEARCH ending USING INDEX oauth2_client_secret_client_id /),
      'USE TEMP B-TREE FOR ORDER BY',
    ]);
  });
});

describe('the command expiring', () => {
  it('prints the same from the database and from the service', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database });
    const ids: string[] = [];
    for (const days of [9, 2, 40]) {
      const { body } = await post(`${service.url}/admin/clients`, { client_secret_expires_at: inDays(days) });
      ids.push(String(body['client_id']));
    }
    const local = { DATABASE_URL: database.url };
    const remote = { ...local, OAUTH2_REGISTRY_URL: service.url, OAUTH2_REGISTRY_TOKEN: FULL_KEY };
    for (const environment of [local, remote]) {
      const table = await commandHere(['expiring'], { environment });
      expect([table.exitCode, table.stderr]).toEqual([0, '']);
      expect(table.stdout.trimEnd().split('\n')).toEqual([
        expect.stringMatching(/^kind +client_id +name +owner +expires_at +id$/),
        expect.stringMatching(`^secret +${ids[1]} `),
        expect.stringMatching(`^secret +${ids[0]} `),
      ]);
      const paged = await commandHere(['expiring', '--within', '60d', '--page-size', '1', '--json'], { environment });
      expect((JSON.parse(paged.stdout) as Ending[]).map(({ client_id: id }) => id)).toEqual([ids[1], ids[0], ids[2]]);
      const wrong = await commandHere(['expiring', '--within', 'soon'], { environment });
      expect([wrong.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining('within must be a time')]);
    }
  });
});
