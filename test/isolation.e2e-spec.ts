import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';
import { openDatabase } from '../src/database/dialects.js';
import { startStandalone } from './support/app.js';
import { POSTGRES, type TestDatabase } from './support/databases.js';
import { getClient, post, postClient, request } from './support/http.js';
import { startInProcess } from './support/in-process.js';
import { add, MERGE_PATCH } from './support/json-patch.js';

const ROUNDS = 6;
const AT_ONCE = 8;

/** Runs statements as somebody else who is connected to the database. */
async function asOperator<T>({ url }: TestDatabase, work: (operator: pg.Client) => Promise<T>): Promise<T> {
  const operator = new pg.Client({ connectionString: url });
  await operator.connect();
  try {
    return await work(operator);
  } finally {
    await operator.end();
  }
}

/** A database with a setting for all sessions that begin from now on. */
async function openWith(settings: Record<string, string>): Promise<TestDatabase> {
  const database = await POSTGRES.open();
  await asOperator(database, async (operator) => {
    const { rows } = await operator.query<{ name: string }>('SELECT current_database() AS name');
    for (const [name, value] of Object.entries(settings))
      await operator.query(`ALTER DATABASE ${rows[0]?.name} SET ${name} = '${value}'`);
  });
  return database;
}

/** Lets updates of clients lose a race, the first `times` of them. */
async function loseRaces(operator: pg.Client, times: number): Promise<void> {
  await operator.query('CREATE SEQUENCE updates');
  await operator.query(`CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('updates') <= ${times} THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END IF;
    RETURN NEW;
  END $$`);
  await operator.query('CREATE TRIGGER lose BEFORE UPDATE ON oauth2_client FOR EACH ROW EXECUTE FUNCTION lose()');
}

/** How many updates there were, those that were rolled back counted. */
async function updates(operator: pg.Client): Promise<number> {
  const { rows } = await operator.query<{ last_value: string }>('SELECT last_value FROM updates');
  return Number(rows[0]?.last_value);
}

describe.each(['repeatable read', 'serializable'])('on a server whose transactions are %s', (isolation) => {
  it('changes and lists that meet are all answered, and nothing of them is lost', async () => {
    await using database = await openWith({ default_transaction_isolation: isolation });
    await using service = await startStandalone({ database });
    expect((await postClient(service.url, { client_id: 'x', owner: 'team' })).status).toBe(201);
    const x = `${service.url}/admin/clients/x`;
    const unexpected: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const sent = Array.from({ length: AT_ONCE }, (_, at) => [
        request(x, { method: 'PATCH', body: [add(`/metadata/key${round}_${at}`, at)] }),
        postClient(service.url, { client_id: `${round}_${at}`, owner: 'team', scope: 'a b c' }),
        request(`${service.url}/admin/clients?owner=team&include_total=true`),
        post(`${x}/secrets/rotate`),
      ]);
      const answers = await Promise.all(sent.flat());
      unexpected.push(...answers.filter(({ status }) => status > 201).map(({ status, text }) => `${status} ${text}`));
    }
    expect(unexpected).toEqual([]);
    const { body } = await getClient(service.url, 'x');
    expect(Object.keys(body['metadata'] as object)).toHaveLength(ROUNDS * AT_ONCE);
  });

  it('a transaction of the registry’s own reads what others have committed since it began', async () => {
    await using database = await openWith({ default_transaction_isolation: isolation });
    await using service = await startStandalone({ database });
    const own = openDatabase(service.get(DataSource));
    const lock = { text: 'SELECT id FROM oauth2_client', values: [] };
    const row = await own.exclusively(lock, (executor) =>
      executor.row({ text: 'SHOW transaction_isolation', values: [] }),
    );
    expect(row).toEqual({ transaction_isolation: 'read committed' });
  });
});

describe('a statement on PostgreSQL that loses a race', () => {
  it('is tried again, and so is a transaction of the registry’s own', async () => {
    await using database = await POSTGRES.open();
    await using service = await startStandalone({ database });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    await asOperator(database, async (operator) => {
      await loseRaces(operator, 3);
      const body = [add('/owner', 'team')];
      expect((await request(`${service.url}/admin/clients/x`, { method: 'PATCH', body })).status).toBe(200);
      expect(await updates(operator)).toBe(4);
      await operator.query('ALTER SEQUENCE updates RESTART');
      const text = `UPDATE oauth2_client SET owner = 'other' WHERE id = 'x'`;
      const lock = { text: 'SELECT id FROM oauth2_client', values: [] };
      const own = openDatabase(service.get(DataSource));
      expect(await own.exclusively(lock, (executor) => executor.change([{ text, values: [] }]))).toBe(true);
      expect(await updates(operator)).toBe(4);
    });
  });

  it('is answered with 503 when it loses again and again', async () => {
    await using database = await POSTGRES.open();
    await using service = await startStandalone({ database });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    await asOperator(database, (operator) => loseRaces(operator, 1_000_000));
    const body = [add('/owner', 'team')];
    const answer = await request(`${service.url}/admin/clients/x`, { method: 'PATCH', body });
    expect(answer).toMatchObject({
      status: 503,
      body: { error: 'temporarily_unavailable' },
      headers: { 'retry-after': '1' },
    });
  });

  it('is not tried again within a transaction of the host', async () => {
    await using database = await POSTGRES.open();
    await using host = await startInProcess(database);
    await host.clients.create({ client_id: 'x' });
    await asOperator(database, async (operator) => {
      await loseRaces(operator, 1);
      const patching = host.dataSource.transaction((manager) =>
        host.clients.patch('x', { owner: 'team' }, MERGE_PATCH, { manager }),
      );
      // The error is the host's to see, as it was: it tries its own transaction again.
      const error = await patching.catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(QueryFailedError);
      expect(error).toMatchObject({ driverError: { code: '40001' } });
      expect(await updates(operator)).toBe(1);
    });
  });

  it('is tried again after a deadlock with somebody else', async () => {
    // The server looks for a deadlock once, after this time: by then the operator waits, and the time to wait for a lock is not over.
    await using database = await openWith({ deadlock_timeout: '2s' });
    await using service = await startStandalone({ database });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    await asOperator(database, async (operator) => {
      // The operator waits longer, so it is the registry's statement that the server ends.
      await operator.query(`BEGIN; SET LOCAL deadlock_timeout = '1min'`);
      await operator.query('SELECT id FROM oauth2_client_secret FOR UPDATE');
      const removed = request(`${service.url}/admin/clients/x`, { method: 'DELETE' });
      const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      // Within a transaction the first look would be remembered.
      while ((await operator.query(waits)).rowCount === 0) await operator.query('SELECT pg_stat_clear_snapshot()');
      await operator.query('SELECT id FROM oauth2_client FOR UPDATE');
      await operator.query('COMMIT');
      expect((await removed).status).toBe(204);
    });
  });
});
