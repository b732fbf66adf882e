import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DATABASES, type TestDatabase } from './support/databases.js';
import { getClient, postClient } from './support/http.js';
import { startProcess, type ServiceProcess } from './support/process.js';

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

describe('connections that PostgreSQL ends', () => {
  const [, { open }] = DATABASES as [(typeof DATABASES)[number], (typeof DATABASES)[number]];
  let database: TestDatabase;
  let service: ServiceProcess;
  beforeAll(async () => {
    database = await open();
    service = await startProcess({ DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'silent' });
  });
  afterAll(async () => {
    await service.end('SIGKILL');
    await database.drop();
  });

  it('do not end the process while eight writers patch one client, and lose no acknowledged patch', async () => {
    const { body } = await postClient(service.url, {});
    const id = String(body['client_id']);
    const over = new AbortController();
    const acknowledged: string[] = [];
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let turn = 0; !over.signal.aborted && service.child.exitCode === null; turn += 1) {
        const key = `writer${writer}_${turn}`;
        const patched = await fetch(`${service.url}/admin/clients/${id}`, {
          method: 'PATCH',
          body: JSON.stringify([{ op: 'add', path: `/metadata/${key}`, value: turn }]),
        }).catch(() => undefined);
        if (patched?.ok) acknowledged.push(key);
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
    const { status, body: client } = await getClient(service.url, id);
    expect(status).toBe(200);
    expect(Object.keys(client['metadata'] as object)).toEqual(expect.arrayContaining(acknowledged));
  });
});
