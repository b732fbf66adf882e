import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { POSTGRES } from './support/databases.js';
import { getClient, postClient, request } from './support/http.js';
import { add } from './support/json-patch.js';
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
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let turn = 0; !over.signal.aborted && service.child.exitCode === null; turn += 1) {
        const key = `writer${writer}_${turn}`;
        const patch = [add(`/metadata/${key}`, turn)];
        const patched = await request(`${service.url}/admin/clients/${id}`, { method: 'PATCH', body: patch }).catch(
          () => undefined,
        );
        if (patched?.status === 200) acknowledged.push(key);
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
