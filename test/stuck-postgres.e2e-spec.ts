import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startStandalone } from './support/app.js';
import { extended, POSTGRES } from './support/databases.js';
import { getClient, postClient, request, type Answer } from './support/http.js';
import { add } from './support/json-patch.js';
import { keptLog } from './support/log.js';
import { startPostgres } from './support/postgres.mjs';
import { use } from './support/use.js';

const UNAVAILABLE = { status: 503, body: { error: 'temporarily_unavailable' }, headers: { 'retry-after': '1' } };
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

async function connect(url: string): Promise<pg.Client & AsyncDisposable> {
  const operator = new pg.Client({ connectionString: url });
  await operator.connect();
  return Object.assign(operator, { [Symbol.asyncDispose]: () => operator.end() });
}

/** Waits until as many sessions wait for something as are expected. */
async function untilWaiting(operator: pg.Client, type: 'Lock' | 'IPC', sessions: number): Promise<void> {
  const text = 'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = $1';
  while (((await operator.query(text, [type])).rowCount ?? 0) < sessions) {
    await sleep(10);
    // Within a transaction the first look would be remembered.
    await operator.query('SELECT pg_stat_clear_snapshot()');
  }
}

function rename(url: string, id: string): Promise<Answer> {
  return request(`${url}/admin/clients/${id}`, { method: 'PATCH', body: [add('/client_name', 'new')] });
}

describe('clients whose rows somebody else has locked', () => {
  it('do not keep reads from their connections, however many changes wait for them', async () => {
    await using database = await POSTGRES.open();
    const url = extended(database.url, 'pool_size=4&lock_timeout=60000&statement_timeout=60000');
    const environment = { DATABASE_CONNECT_TIMEOUT: '1000' };
    await using service = await startStandalone({ database: { url }, environment });
    for (const client_id of IDS) expect((await postClient(service.url, { client_id })).status).toBe(201);
    await using operator = await connect(database.url);
    await operator.query('BEGIN');
    await operator.query('SELECT id FROM oauth2_client FOR UPDATE');
    const patches = Promise.all(IDS.map((id) => rename(service.url, id)));
    await untilWaiting(operator, 'Lock', 2);
    for (const id of IDS) expect((await getClient(service.url, id)).status).toBe(200);
    await sleep(1000);
    await operator.query('COMMIT');
    // Two had a connection; the others waited for one as long as a connection may be waited for.
    const answers = await patches;
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    for (const answer of answers) if (answer.status !== 200) expect(answer).toMatchObject(UNAVAILABLE);
  });

  it('answer with 503 as soon as the time to wait for a lock is over', async () => {
    await using database = await POSTGRES.open();
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, logger, environment: { DATABASE_LOCK_TIMEOUT: '100' } });
    expect((await postClient(service.url, { client_id: 'a' })).status).toBe(201);
    await using operator = await connect(database.url);
    await operator.query('BEGIN');
    await operator.query('SELECT id FROM oauth2_client FOR UPDATE');
    expect(await rename(service.url, 'a')).toMatchObject(UNAVAILABLE);
    expect(text()).toContain('canceling statement due to lock timeout');
    await operator.query('ROLLBACK');
    expect((await rename(service.url, 'a')).status).toBe(200);
  });
});

describe('a synchronous standby that does not answer', () => {
  const server = use(async (keep) => {
    const started = await startPostgres();
    return keep(Promise.resolve({ url: `${started.url}postgres`, [Symbol.asyncDispose]: () => started.stop() }));
  });

  it.each(['', '?prepare=false'])(
    'makes changes 503 in time and keeps no read waiting, with %p in the URL',
    async (more) => {
      const environment = {
        DATABASE_POOL_SIZE: '4',
        DATABASE_CONNECT_TIMEOUT: '1000',
        DATABASE_STATEMENT_TIMEOUT: '1000',
      };
      await using service = await startStandalone({ database: { url: server.url + more }, environment });
      const known = `known${more}`;
      expect((await postClient(service.url, { client_id: known })).status).toBe(201);
      await using operator = await connect(server.url);
      await using spare = await connect(server.url);
      let isOver = false;
      const write = async (): Promise<void> => {
        await spare.query("SELECT pg_logical_emit_message(true, 'test', '')");
        if (!isOver) await write();
      };
      const setStandby = async (name: string) => {
        await operator.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
        await operator.query('SELECT pg_reload_conf()');
      };
      await setStandby('nobody');
      // The reload is only a signal: a write that waits shows that the server has read the setting.
      void write().catch(() => undefined);
      await untilWaiting(operator, 'IPC', 1);
      const creates = Promise.all(IDS.map(() => postClient(service.url, {})));
      await untilWaiting(operator, 'IPC', 3);
      expect((await getClient(service.url, known)).status).toBe(200);
      for (const answer of await creates) expect(answer).toMatchObject(UNAVAILABLE);
      isOver = true;
      await setStandby('');
      const answer = async (): Promise<Answer> => {
        const created = await postClient(service.url, {});
        return created.status === 503 ? answer() : created;
      };
      expect((await answer()).status).toBe(201);
    },
  );
});
