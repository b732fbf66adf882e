import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { startStandalone } from './support/app.js';
import { POSTGRES, SQLITE } from './support/databases.js';
import { getClient, postClient, request, type Answer } from './support/http.js';
import { add } from './support/json-patch.js';
import { keptLog } from './support/log.js';
import { startPostgres } from './support/postgres.mjs';
import { startProcess } from './support/process.js';

const WRITERS = 8;
const ROUNDS = 12;

/** Ends every connection to the database but the one that asks. */
async function endAllBackends(url: string): Promise<void> {
  const operator = new pg.Client({ connectionString: url });
  await operator.connect();
  await operator.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await operator.end();
}

/** The client, as soon as the pool has noticed which of its connections are gone. */
async function found(url: string, id: string): Promise<Answer> {
  const answer = await getClient(url, id);
  if (answer.status !== 503) return answer;
  await sleep(20);
  return found(url, id);
}

describe('connections that PostgreSQL ends', () => {
  it('do not end the process while eight writers patch one client, and lose no acknowledged patch', async () => {
    await using database = await POSTGRES.open();
    await using service = await startProcess({
      DATABASE_URL: database.url,
      DATABASE_MIGRATE: 'true',
      LOG_LEVEL: 'silent',
    });
    const { body } = await postClient(service.url, {});
    const id = String(body['client_id']);
    const over = new AbortController();
    const acknowledged: string[] = [];
    const others = new Set<string>();
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let turn = 0; !over.signal.aborted && service.child.exitCode === null; turn += 1) {
        const key = `writer${writer}_${turn}`;
        const patch = [add(`/metadata/${key}`, turn)];
        const patched = await request(`${service.url}/admin/clients/${id}`, { method: 'PATCH', body: patch }).catch(
          () => undefined,
        );
        if (patched?.status === 200) acknowledged.push(key);
        else others.add(`${patched?.status} ${patched?.headers['retry-after']}`);
      }
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      await sleep(100);
      await endAllBackends(database.url);
    }
    over.abort();
    await Promise.all(writers);
    expect([service.child.exitCode, service.output()]).toEqual([null, '']);
    expect(acknowledged.length).toBeGreaterThan(0);
    expect([...others]).toEqual(['503 1']);
    const { body: client } = await found(service.url, id);
    expect(Object.keys(client['metadata'] as object)).toEqual(expect.arrayContaining(acknowledged));
  });
});

describe('the database’s trouble', () => {
  const trouble = { status: 503, body: { error: 'temporarily_unavailable' }, headers: { 'retry-after': '1' } };

  it('is 503 with Retry-After on every route, when PostgreSQL is gone', async () => {
    const database = await POSTGRES.open();
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, logger });
    const clients = `${service.url}/admin/clients`;
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    await database.drop();
    const answers = await Promise.all([
      request(clients, { method: 'POST', body: {} }),
      request(clients),
      request(`${clients}?owner=x&include_total=true`),
      request(`${clients}/x`),
      request(`${clients}/x`, { method: 'PUT', body: {} }),
      request(`${clients}/x`, { method: 'PATCH', body: [] }),
      request(`${clients}/x`, { method: 'DELETE' }),
      request(`${clients}/x/lifespans`, { method: 'PUT', body: {} }),
      request(`${clients}/x/secrets`),
      request(`${clients}/x/secrets/rotate`, { method: 'POST' }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject(trouble);
    expect(text()).toContain('temporarily_unavailable: ');
  });

  it('is 503 with Retry-After while PostgreSQL is stuck, and over when it goes on', async () => {
    const server = await startPostgres({ postgresFlags: ['-c', 'fsync=off'] });
    const url = `${server.url}postgres`;
    await using service = await startProcess({
      DATABASE_URL: url,
      DATABASE_MIGRATE: 'true',
      DATABASE_POOL_SIZE: '2',
      DATABASE_CONNECT_TIMEOUT: '2000',
      DATABASE_STATEMENT_TIMEOUT: '2000',
      LOG_LEVEL: 'silent',
    });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    const operator = new pg.Client({ connectionString: url });
    await operator.connect();
    const { rows } = await operator.query<{ pid: number; folder: string }>(
      `SELECT pid, current_setting('data_directory') AS folder FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    const [first] = rows;
    // The postmaster too, which would open another connection.
    const postmaster = Number(readFileSync(`${first?.folder}/postmaster.pid`, 'utf8').split('\n')[0]);
    const pids = [...rows.map(({ pid }) => pid), postmaster];
    // More requests than connections: some wait for a stuck statement, some for a connection.
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const answers = await Promise.all(Array.from({ length: 6 }, () => getClient(service.url, 'x')));
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) expect(answer).toMatchObject(trouble);
    expect((await found(service.url, 'x')).status).toBe(200);
    await operator.end();
    await service.end('SIGTERM');
    await server.stop();
  });

  it('is 503 with Retry-After for a write that SQLite keeps waiting, while reads go on', async () => {
    await using database = await SQLITE.open();
    await using service = await startProcess({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    const other = await new DataSource(dataSourceOptions(database.url, false)).initialize();
    await other.query('BEGIN IMMEDIATE');
    const waiting = postClient(service.url, { client_id: 'y' });
    expect((await getClient(service.url, 'x')).status).toBe(200);
    expect(await waiting).toMatchObject(trouble);
    await other.query('ROLLBACK');
    await other.destroy();
    expect((await postClient(service.url, { client_id: 'y' })).status).toBe(201);
  });
});
