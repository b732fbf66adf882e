import { describe, expect, it } from '@jest/globals';
import { availableParallelism } from 'node:os';
import { ApiKeys } from '../src/keys/api-keys.service.js';
import { InitialAccessTokens } from '../src/registration/tokens/initial-access-tokens.js';
import { ClientCount } from '../src/clients/list/client-counts.js';
import { Client } from '../src/clients/store/client.entity.js';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { SecretsService } from '../src/secrets/secrets.service.js';
import { isHeard, STATEMENTS } from '../src/telemetry/events.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { startStandalone } from './support/app.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { metricsOf, valueOf } from './support/exposition.js';
import { answerTo, getClient, postClient, request } from './support/http.js';
import { useService } from './support/use.js';

const STATEMENT = 'oauth2_registry_database_statement_duration_seconds';
const CLIENTS = 'oauth2_registry_clients';
const REGISTRATIONS = 'oauth2_registry_client_registrations_total';
const EXPIRING = 'oauth2_registry_expiring';
const HASHING = 'oauth2_registry_secret_hashing';

describe.each(DATABASES)('the metrics of a service on $database', ({ open, isPostgres }) => {
  const service = useService(startStandalone, open);

  it('count the clients by what they are, as they were at the first look of five minutes', async () => {
    for (const id of ['one', 'two', 'three', 'four']) await postClient(service.url, { client_id: id });
    await request(`${service.url}/admin/clients/two/suspension`, { method: 'PUT', body: { reason: 'unpaid' } });
    await request(`${service.url}/admin/clients/four`, { method: 'DELETE' });
    const kinds = async () => {
      const series = await metricsOf(service.url);
      return ['active', 'suspended', 'removed'].map((kind) => valueOf(series, CLIENTS, { kind }));
    };
    expect(await kinds()).toEqual([2, 1, 1]);
    await postClient(service.url, { client_id: 'five' });
    expect(await kinds()).toEqual([2, 1, 1]);
    expect(await new ClientCount(service.get(PreparedDatabase)).counts()).toEqual({
      active: 3,
      suspended: 1,
      removed: 1,
    });
  });

  it('time the statements by what they do, and name no value', async () => {
    const before = await metricsOf(service.url);
    await postClient(service.url, { client_id: 'timed', client_name: 'Timed' });
    for (const id of ['timed', 'nobody']) await getClient(service.url, id);
    await request(`${service.url}/admin/clients?client_name=Timed`);
    // What the service does by itself has its names as well.
    await service.get(Sealer).seal();
    const after = await metricsOf(service.url);
    const grown = (name: string, statement: string) =>
      valueOf(after, name, { statement }) - valueOf(before, name, { statement });
    expect(grown(`${STATEMENT}_count`, 'find')).toBe(2);
    expect(grown(`${STATEMENT}_sum`, 'find')).toBeGreaterThan(0);
    expect(grown(`${STATEMENT}_count`, 'SELECT')).toBeGreaterThan(0);
    const names = new Set(
      after.filter(({ name }) => name === `${STATEMENT}_count`).map(({ labels }) => labels['statement']),
    );
    expect([...names].filter((name) => !/^[a-z][a-z_]*(_\d)?$|^[A-Z]+$/.test(name ?? ''))).toEqual([]);
    for (let at = 0; at < 30; at += 1)
      await request(`${service.url}/admin/clients?client_name=name-${at}&limit=${at + 1}&sort=-created_at`);
    const later = new Set((await metricsOf(service.url)).flatMap(({ labels }) => labels['statement'] ?? []));
    expect([...later].filter((name) => !names.has(name))).toEqual([]);
  });

  it('count clients that were to be created, by what came of it', async () => {
    const before = await metricsOf(service.url);
    await postClient(service.url, { client_id: 'new' });
    for (const body of [{ client_id: 'new' }, { client_id: 'newer', grant_types: 7 }])
      await postClient(service.url, body);
    const after = await metricsOf(service.url);
    const grown = (outcome: string) => {
      const labels = { policy: 'admin', outcome };
      return valueOf(after, REGISTRATIONS, labels) - valueOf(before, REGISTRATIONS, labels);
    };
    expect([grown('created'), grown('refused'), grown('failed')]).toEqual([1, 2, 0]);
  });

  it('count secrets, API keys and initial access tokens that end soon', async () => {
    const count = (kind: string, within: string) => async () =>
      valueOf(await metricsOf(service.url), EXPIRING, { kind, within });
    const inDays = (days: number) => Math.floor(Date.now() / 1000 + days * 86_400);
    for (const days of [0.5, 3, 10, 20, 40])
      expect((await postClient(service.url, { client_secret_expires_at: inDays(days) })).status).toBe(201);
    const key = { name: 'ending', scopes: ['clients:read'], expires_at: inDays(3) };
    await service.get(ApiKeys).create(JSON.stringify(key));
    const token = { label: 'ending', expires_at: inDays(10) };
    await service.get(InitialAccessTokens).create(JSON.stringify(token));
    const usedUp = await service.get(InitialAccessTokens).create(JSON.stringify(token));
    await service.dataSource.query(`UPDATE oauth2_client_initial_token SET uses = 1 WHERE id = '${usedUp.id}'`);
    const all = async (kind: string) => Promise.all(['1d', '7d', '14d', '30d'].map((within) => count(kind, within)()));
    expect([await all('secret'), await all('api_key'), await all('registration_token')]).toEqual([
      [1, 2, 3, 4],
      [0, 1, 1, 1],
      [0, 0, 1, 1],
    ]);
  });

  it('estimate how many clients there are when there are many', async () => {
    const database = service.get(PreparedDatabase);
    const [id, ...others] = database.columns(Client).map(({ name }) => name);
    const numbers = isPostgres
      ? 'generate_series(1, 30000) AS number(n)'
      : '(WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 30000) SELECT n FROM number) AS number';
    await service.dataSource.query(
      `INSERT INTO oauth2_client (${[id, ...others].join()}) SELECT 'many-' || n, ${others.join()} FROM oauth2_client, ${numbers} WHERE id = 'one'`,
    );
    if (isPostgres) await service.dataSource.query('ANALYZE');
    const total = async () => {
      const [row] = await service.dataSource.query<[{ total: number | string }]>(
        'SELECT count(*) AS total FROM oauth2_client',
      );
      return Number(row.total);
    };
    const active = async () => (await new ClientCount(database).counts()).active;
    const isNear = async () => expect(Math.abs((await active()) / (await total()) - 1)).toBeLessThan(0.05);
    await isNear();
    // Two of three in one half, and none in the other: the places that are looked at show it.
    await service.dataSource.query(
      "DELETE FROM oauth2_client WHERE id LIKE 'many-%' AND CAST(substr(id, 6) AS integer) < 15000 AND CAST(substr(id, 6) AS integer) % 3 > 0",
    );
    if (isPostgres) await service.dataSource.query('ANALYZE');
    expect(await total()).toBeGreaterThan(10_000);
    await isNear();
    if (isPostgres) return;
    const plan = await service.dataSource.query<{ detail: string }[]>(
      `EXPLAIN QUERY PLAN SELECT ${database.dialect.rowsAbout('oauth2_client')}`,
    );
    // Nothing reads all rows.
    expect(plan.filter(({ detail }) => /^SCAN (oauth2_client|counted)/.test(detail))).toEqual([]);
    expect(plan.filter(({ detail }) => detail.startsWith('SEARCH'))).toHaveLength(3);
  });
});

describe('the metrics of a service', () => {
  const service = useService(startStandalone, SQLITE.open);

  it('show the slow work with chosen secrets that runs, and what waits for its turn', async () => {
    const { hashing } = service.get(SecretsService);
    const cores = availableParallelism();
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const work = Promise.all(Array.from({ length: cores + 3 }, () => hashing(() => ended)));
    const states = async () => {
      const series = await metricsOf(service.url);
      return ['running', 'waiting'].map((state) => valueOf(series, HASHING, { state }));
    };
    expect(await states()).toEqual([cores, 3]);
    end();
    await work;
    expect(await states()).toEqual([0, 0]);
  });

  it('count requests that Node refuses', async () => {
    const refused = { method: 'other', route: 'other', status: '400' };
    const count = async () => valueOf(await metricsOf(service.url), 'oauth2_registry_http_requests_total', refused);
    const before = await count();
    expect((await answerTo(service.url, 'GET / HTTP/1.1\r\nbroken\r\n\r\n')).head).toContain(' 400 ');
    expect((await count()) - before).toBe(1);
  });
});

it('nobody times statements with METRICS=off, nor when the service has ended', async () => {
  expect(isHeard(STATEMENTS)).toBe(false);
  for (const [METRICS, expected] of [
    ['guarded', true],
    ['off', false],
  ] as const) {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment: { METRICS } });
    await postClient(service.url, {});
    expect(isHeard(STATEMENTS)).toBe(expected);
  }
  expect(isHeard(STATEMENTS)).toBe(false);
});
