import { describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import pg from 'pg';
import type { Pool } from 'pg';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { ClientsService } from '../src/index.js';
import type { OAuthError } from '../src/oauth-error/oauth-error.js';
import { SecretsService } from '../src/secrets/secrets.service.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { postClient, request } from './support/http.js';

const CALLERS = 300;
const CHOSEN = { client_secret: 'correct horse battery staple' };

async function clientsOf({ dataSource }: RunningApp): Promise<number> {
  const [row] = await dataSource.query<{ clients: string }[]>('SELECT count(*) AS clients FROM oauth2_client');
  return Number(row?.clients);
}

/** Creates clients for callers who all leave when `isTime` says so; returns how many were answered. */
async function leaving(service: RunningApp, body: object, isTime: () => boolean | Promise<boolean>): Promise<number> {
  let [seen, closed] = [0, 0];
  (service.app.getHttpServer() as Server).on('request', (_, response) => {
    seen += 1;
    response.once('close', () => (closed += 1));
  });
  const leave = new AbortController();
  const url = `${service.url}/admin/clients`;
  const create = () => request(url, { method: 'POST', body, signal: leave.signal });
  const creates = Array.from({ length: CALLERS }, create);
  const settled = Promise.allSettled(creates);
  await eventually(isTime);
  leave.abort();
  const results = await settled;
  await eventually(() => closed === seen);
  return results.filter((one) => one.status === 'fulfilled' && one.value.status === 201).length;
}

describe.each(DATABASES)('callers who left while their secrets waited to be hashed, on $database', ({ open }) => {
  it('leave no clients behind whose secrets nobody knows', async () => {
    await using database = await open();
    await using service = await startStandalone({ database, environment: { BCRYPT_COST: '10' } });
    const { hashing } = service.get(SecretsService);
    const answered = await leaving(service, CHOSEN, () => hashing.waiting > 50);
    await eventually(() => hashing.running === 0);
    const left = (await clientsOf(service)) - answered;
    // Those whose commit was under way.
    expect(left).toBeLessThanOrEqual(availableParallelism());
  });
});

describe('callers who left while their changes waited for the database', () => {
  it('leave no clients behind, on PostgreSQL', async () => {
    await using database = await POSTGRES.open();
    const environment = {
      DATABASE_POOL_SIZE: '3',
      DATABASE_LOCK_TIMEOUT: '60000',
      DATABASE_STATEMENT_TIMEOUT: '60000',
    };
    await using service = await startStandalone({ database, environment });
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('BEGIN; LOCK TABLE oauth2_client IN EXCLUSIVE MODE');
    const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    const isStuck = async () => {
      await other.query('SELECT pg_stat_clear_snapshot()');
      return (await other.query(waiting)).rowCount === 1;
    };
    expect(await leaving(service, {}, isStuck)).toBe(0);
    await other.query('COMMIT');
    await other.end();
    // The last to ask is the last to be served.
    expect((await postClient(service.url, { client_id: 'last' })).status).toBe(201);
    // The one whose statement was under way.
    expect(await clientsOf(service)).toBeLessThanOrEqual(2);
  });

  it('leave no clients behind, on SQLite', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database });
    const prepared = service.get(PreparedDatabase);
    const { writer } = prepared as unknown as { writer: { waiting: unknown[] } };
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const locked = prepared.exclusively({ text: 'SELECT 1', values: [] }, () => ended);
    expect(await leaving(service, {}, () => writer.waiting.length === CALLERS)).toBe(0);
    end();
    await locked;
    expect((await postClient(service.url, { client_id: 'last' })).status).toBe(201);
    expect(await clientsOf(service)).toBe(1);
  });
});

describe('more work than can wait', () => {
  it('is 503 at once, for secrets that must be hashed', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database });
    const most = 101 * availableParallelism();
    const clients = service.get(ClientsService);
    const creates = await Promise.allSettled(Array.from({ length: most + 10 }, () => clients.create(CHOSEN)));
    const refused = creates.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as OAuthError).getStatus()] : [],
    );
    expect(refused).toEqual(Array(10).fill(503));
  });

  it('is 503 at once, for connections to PostgreSQL', async () => {
    await using database = await POSTGRES.open();
    await using service = await startStandalone({ database, environment: { DATABASE_POOL_SIZE: '1' } });
    const { pool } = service.get(PreparedDatabase) as unknown as { pool: Pool };
    const held = await pool.connect();
    const prepared = service.get(PreparedDatabase);
    const waiting = Array.from({ length: 10_000 }, () =>
      prepared.row({ name: 'one', text: 'SELECT 1 AS one', values: [] }),
    );
    const done = Promise.all(waiting);
    while (pool.waitingCount < 10_000) await new Promise(setImmediate);
    const refused = prepared
      .row({ text: 'SELECT 1 AS one', values: [] })
      .catch((error: OAuthError) => error.getStatus());
    expect(await refused).toBe(503);
    await expect(postClient(service.url, {})).resolves.toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    held.release();
    expect(new Set((await done).map((row) => (row as { one: number }).one))).toEqual(new Set([1]));
  });
});
