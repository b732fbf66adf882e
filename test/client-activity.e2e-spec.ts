import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { PreparedDatabase, type Query } from '../src/database/sql/prepared-database.js';
import { ClientActivity, ClientAuthenticator, SecretsService } from '../src/index.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { stopTime } from './support/clock.js';
import { DATABASES, POSTGRES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { keptLog } from './support/log.js';
import type { Answer } from './support/http.js';
import { Subject } from './support/subject.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** More clients than one statement writes. */
const MANY = 2500;
/** How many uses wait at most. */
const MOST = 50_000;

/** The row of a client, and the last uses of its secrets, as they are written: the newest secret first. */
async function written({ dataSource }: RunningApp, id: string): Promise<[use: unknown, secrets: unknown[]]> {
  const [use] = await dataSource.query<object[]>(
    `SELECT last_used_at AS used, unused_since AS unused FROM oauth2_client_use WHERE client_id = '${id}'`,
  );
  const secrets = await dataSource.query<{ used: unknown }[]>(
    `SELECT last_used_at AS used FROM oauth2_client_secret WHERE client_id = '${id}' ORDER BY client_version DESC`,
  );
  return [use && { ...use }, secrets.map(({ used }) => used)];
}

const now = () => new Date().toISOString();
const used = (at: string) => ({ used: at, unused: at });
const never = (since: string) => ({ used: null, unused: since });

/** A second passes, and what waits is written: the use of a client, and those of its secrets, which are written beside it. */
async function aSecondLater(service: RunningApp, id: string, use: unknown, secrets?: unknown[]): Promise<void> {
  jest.advanceTimersByTime(SECOND);
  await eventually(async () => {
    const [ofClient, ofSecrets] = await written(service, id);
    return isDeepStrictEqual([ofClient, secrets && ofSecrets], [use, secrets]);
  });
}

/** How a client authenticates with a secret, or with none. */
function authenticates({ get }: RunningApp, id: string, secret?: string): Promise<boolean> {
  const form = { client_id: id, ...(secret !== undefined && { client_secret: secret }) };
  const asked = get(ClientAuthenticator).authenticate({ form });
  return asked.then(
    () => true,
    () => false,
  );
}

beforeEach(stopTime);
afterEach(() => void jest.useRealTimers());

describe.each(DATABASES)('the last use of a client, on $database,', ({ open }) => {
  it('is that of its last success, by whatever it authenticates; it is shown at once and written after a second', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const made = now();
    const client = await Subject.create(service, { token_endpoint_auth_method: 'client_secret_post' });
    const anybody = await Subject.create(service, { token_endpoint_auth_method: 'none' });
    await client.rotate();
    const [before, history] = [await client.get(), await client.send('GET', '/history')];
    const activity = service.get(ClientActivity);
    expect(await activity.of(client.id)).toMatchObject({
      client_id: client.id,
      last_used_at: null,
      unused_since: made,
    });
    jest.advanceTimersByTime(MINUTE);
    expect([await authenticates(service, client.id, 'wrong'), await authenticates(service, 'nobody')]).toEqual([
      false,
      false,
    ]);
    expect([await authenticates(service, client.id), await client.verifies('wrong')]).toEqual([false, false]);
    jest.advanceTimersByTime(SECOND);
    expect(await written(service, client.id)).toEqual([never(made), [null, null]]);

    const then = now();
    expect(await authenticates(service, client.id, client.secret)).toBe(true);
    expect(await authenticates(service, anybody.id)).toBe(true);
    expect(await activity.of(client.id)).toEqual({
      client_id: client.id,
      last_used_at: then,
      unused_since: then,
      secrets: [expect.objectContaining({ last_used_at: null }), expect.objectContaining({ last_used_at: then })],
    });
    expect((await client.list()).map(({ last_used_at: last }) => last)).toEqual([null, then]);
    expect(await written(service, client.id)).toEqual([never(made), [null, null]]);
    await aSecondLater(service, client.id, used(then), [null, then]);
    await aSecondLater(service, anybody.id, used(then));
    expect(await activity.of(client.id)).toMatchObject({ last_used_at: then, unused_since: then });

    const lengthOf = ({ body }: Answer) => (body as unknown as unknown[]).length;
    const [after, changes] = [await client.get(), await client.send('GET', '/history')];
    expect([after.text, after.headers['etag'], lengthOf(changes)]).toEqual([
      before.text,
      before.headers['etag'],
      lengthOf(history),
    ]);
  });

  it('is written at most once a minute, and never moves backwards', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const client = await Subject.create(service);
    const verify = async (wait: number) => {
      jest.advanceTimersByTime(wait);
      expect(await service.get(SecretsService).verify(client.id, client.secret)).toBe(true);
      return now();
    };
    const first = await verify(0);
    await aSecondLater(service, client.id, used(first));
    await verify(MINUTE - SECOND - 1);
    expect(await service.get(ClientActivity).of(client.id)).toMatchObject({ last_used_at: first });
    const second = await verify(1);
    await aSecondLater(service, client.id, used(second));

    const later = new Date(Date.now() + 2 * MINUTE).toISOString();
    for (const table of ['oauth2_client_use', 'oauth2_client_secret'])
      await service.dataSource.query(`UPDATE ${table} SET last_used_at = '${later}' WHERE client_id = '${client.id}'`);
    const other = await Subject.create(service);
    await verify(MINUTE);
    service.get(ClientActivity).note({ client_id: other.id });
    await aSecondLater(service, other.id, used(now()));
    expect(await written(service, client.id)).toMatchObject([{ used: later }, [later]]);
  });

  it('stays noted while it cannot be written, which is said once, and lets clients authenticate', async () => {
    await using database = await open();
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, logger });
    const client = await Subject.create(service);
    await service.dataSource.query('ALTER TABLE oauth2_client_use RENAME TO mislaid');
    const at = now();
    expect(await client.verifies(client.secret)).toBe(true);
    const failures = () => text().match(/Last uses are written later: /g)?.length;
    for (let second = 0; second < 3; second += 1) {
      jest.advanceTimersByTime(SECOND);
      await eventually(() => failures() === 1);
    }
    await service.dataSource.query('ALTER TABLE mislaid RENAME TO oauth2_client_use');
    await aSecondLater(service, client.id, used(at), [at]);
    expect(failures()).toBe(1);
  });

  it('is shown by a read that began before it was written', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const client = await Subject.create(service);
    const at = now();
    expect(await client.verifies(client.secret)).toBe(true);
    const [activity, reader] = [service.get(ClientActivity), service.get(PreparedDatabase)];
    const row = reader.row.bind(reader) as (query: Query) => Promise<object>;
    // The secrets have been read, the row of the client's last use has not.
    const held = jest.spyOn(reader, 'row').mockImplementationOnce(async (query) => {
      await aSecondLater(service, client.id, used(at), [at]);
      await eventually(() => !activity.isWaiting(client.id));
      return row(query);
    });
    expect(await activity.of(client.id)).toMatchObject({ last_used_at: at, secrets: [{ last_used_at: at }] });
    held.mockRestore();
  });

  it('is forgotten when too many wait, and noted again afterwards; what is no client counts for nothing', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const client = await Subject.create(service);
    const activity = service.get(ClientActivity);
    for (const id of ['\ud800', '\0', 'x'.repeat(256), undefined as never])
      activity.note({ client_id: id, secret_id: id });
    for (let i = 0; i < MOST; i += 1) activity.note({ client_id: `unknown-${i}` });
    activity.note({ client_id: client.id });
    expect(await activity.of(client.id)).toMatchObject({ last_used_at: null });
    jest.advanceTimersByTime(SECOND);
    await eventually(async () => {
      activity.note({ client_id: client.id });
      return (await activity.of(client.id)).last_used_at !== null;
    });
    await aSecondLater(service, client.id, used(now()));
    const rows = await service.dataSource.query<object[]>('SELECT client_id FROM oauth2_client_use');
    expect(rows).toHaveLength(1);
  });

  it('is that of a secret only for the client that has it', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const [one, other] = [await Subject.create(service), await Subject.create(service)];
    const [secret] = await other.list();
    service.get(ClientActivity).note({ client_id: one.id, secret_id: String(secret?.id) });
    const at = now();
    await aSecondLater(service, one.id, used(at));
    service.get(ClientActivity).note({ client_id: other.id });
    await aSecondLater(service, other.id, used(now()));
    expect((await written(service, other.id))[1]).toEqual([null]);
    expect(await other.list()).toMatchObject([{ last_used_at: null }]);
  });

  it('is written when the application ends', async () => {
    await using database = await open();
    const at = now();
    let client: Subject;
    {
      await using first = await startStandalone({ database });
      client = await Subject.create(first);
      expect(await client.verifies(client.secret)).toBe(true);
    }
    await using second = await startStandalone({ database });
    expect(await written(second, client.id)).toEqual([used(at), [at]]);
  });

  it('is kept beside the client from its creation to its removal, and anew when it is restored', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const client = await Subject.create(service);
    const made = now();
    expect((await written(service, client.id))[0]).toEqual(never(made));
    expect(await client.verifies(client.secret)).toBe(true);
    await aSecondLater(service, client.id, used(made), [made]);
    await client.send('DELETE');
    expect(await written(service, client.id)).toEqual([undefined, []]);
    jest.advanceTimersByTime(MINUTE);
    await client.done('POST', '/restore');
    const [use, secrets] = await written(service, client.id);
    expect([use, secrets]).toEqual([never(String((await client.get()).body['updated_at'])), [made]]);
    await expect(service.get(ClientActivity).of('nobody')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe.each(DATABASES)('two processes, on $database,', ({ open }) => {
  it('write the uses of many clients at the same time, whoever noted them first', async () => {
    await using database = await open();
    const { logger, text } = keptLog();
    await using one = await startStandalone({ database, logger });
    await using other = await startStandalone({ database, logger });
    const ids = Array.from({ length: MANY }, (_, i) => String(MANY + i));
    const series = `WITH RECURSIVE series(i) AS (SELECT ${MANY} UNION ALL SELECT i + 1 FROM series WHERE i < ${2 * MANY - 1})`;
    await one.dataSource.query(
      `INSERT INTO oauth2_client (id, version, shape, tag, document, name, owner, auth_method, registration_token_digest, created_at, updated_at)
       ${series} SELECT CAST(i AS varchar(9)), 1, 2, 'tag', '{}', '', '', 'none', '', '', '' FROM series`,
    );
    await one.dataSource.query(
      `INSERT INTO oauth2_client_use (client_id, unused_since) ${series} SELECT CAST(i AS varchar(9)), '' FROM series`,
    );
    const count = async (where: string) => {
      const rows = await one.dataSource.query<{ total: number | string }[]>(
        `SELECT count(*) AS total FROM oauth2_client_use WHERE ${where}`,
      );
      return Number(rows[0]?.total);
    };
    for (let round = 0; round < 3; round += 1) {
      for (const id of ids) one.get(ClientActivity).note({ client_id: id });
      for (const id of ids.toReversed()) other.get(ClientActivity).note({ client_id: id });
      const at = now();
      jest.advanceTimersByTime(SECOND);
      await eventually(async () => (await count(`last_used_at = '${at}' AND unused_since = '${at}'`)) === MANY);
      jest.advanceTimersByTime(MINUTE);
    }
    expect(text()).not.toContain('Last uses are written later');
  });
});

describe('uses on PostgreSQL', () => {
  it('wait for no lock: that of the client whose row another transaction holds is written when it ends', async () => {
    await using database = await POSTGRES.open();
    await using service = await startStandalone({ database });
    const [held, free] = [await Subject.create(service), await Subject.create(service)];
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('DELETE FROM oauth2_client WHERE id = $1', [held.id]);
    const at = now();
    expect([await held.verifies(held.secret), await free.verifies(free.secret)]).toEqual([true, true]);
    await aSecondLater(service, free.id, used(at));
    expect(await written(service, held.id)).toMatchObject([{ used: null }, [null]]);
    await holder.query('ROLLBACK');
    await holder.end();
    await aSecondLater(service, held.id, used(at), [at]);
  });
});
