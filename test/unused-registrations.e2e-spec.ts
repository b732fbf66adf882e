import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { ClientActivity, ClientAuthenticator, RegistrationService } from '../src/index.js';
import { UnusedClients } from '../src/registration/sweeping/unused-clients.js';
import { UnusedClientSweeper } from '../src/registration/sweeping/unused-client.sweeper.js';
import { stopTime } from './support/clock.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { startStandalone } from './support/app.js';
import { fileOf } from './support/file-of.js';
import { keptLog } from './support/log.js';
import { eventually } from './support/eventually.js';
import { post, request } from './support/http.js';
import { startRegistrationHost, type RegistrationHost } from './support/registration-host.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PUBLIC = { redirect_uris: ['https://app.example.com/cb'], token_endpoint_auth_method: 'none' };
const SYSTEM = { type: 'system', id: 'sweep', name: 'default' } as const;
/** More than one statement finds. */
const MANY = 150;
const OPTIONS = { policies: { default: { removeUnusedAfter: '48h' }, others: {} } };

/** Registers a client, and returns its id. */
async function registered({ app }: RegistrationHost, more: object = {}): Promise<string> {
  return (await app.get(RegistrationService, { strict: false }).register({ ...PUBLIC, ...more })).id;
}

/** Clients that are there, by the names of the variables that have their ids. */
async function there({ dataSource }: RegistrationHost, ids: Record<string, string>): Promise<string[]> {
  const rows = await dataSource.query<{ id: string }[]>('SELECT id FROM oauth2_client');
  const known = new Set(rows.map(({ id }) => id));
  return Object.keys(ids).filter((name) => known.has(ids[name] ?? ''));
}

/** Some time passes, and a client of an administrator is used at its end, so that uses are known to be reported. */
async function passes(host: RegistrationHost, time: number): Promise<void> {
  jest.setSystemTime(Date.now() + time);
  host.app.get(ClientActivity, { strict: false }).note({ client_id: 'busy' });
  await flushed(host);
}

/** A client of an administrator, which is used now. */
async function withBusy(host: RegistrationHost): Promise<void> {
  expect((await host.admin('POST', '', { client_id: 'busy' })).status).toBe(201);
  await passes(host, 0);
}

/** What was noted is written. */
async function flushed({ app, dataSource }: RegistrationHost): Promise<void> {
  const activity = app.get(ClientActivity, { strict: false });
  await eventually(async () => {
    jest.advanceTimersByTime(1000);
    const rows = await dataSource.query<{ id: string }[]>('SELECT client_id AS id FROM oauth2_client_use');
    return rows.every(({ id }) => !activity.isWaiting(id));
  });
}

const ascending = (a: string, b: string) => (a < b ? -1 : 1);
const sweep = ({ app }: RegistrationHost) => app.get(UnusedClientSweeper, { strict: false }).sweep();

beforeEach(stopTime);
afterEach(() => void jest.useRealTimers());

describe.each(DATABASES)('clients that registered themselves, on $database,', ({ open }) => {
  const started = (database: { url: string }) => startRegistrationHost('Express', database, OPTIONS);

  it('are removed when they were not used for the time of their policy, and no others', async () => {
    await using database = await open();
    await using host = await started(database);
    await withBusy(host);
    expect((await host.admin('POST', '', { client_id: 'idle' })).status).toBe(201);
    const old = {
      idle: 'idle',
      never: await registered(host),
      inProcess: await registered(host),
      overHttp: await registered(host),
      reported: await registered(host),
      once: await registered(host),
      suspended: await registered(host),
      changed: await registered(host),
      pruned: await registered(host),
      other: await registered(host),
    };
    await host.dataSource.query(
      `UPDATE oauth2_client_term SET value = 'others' WHERE kind = 'via_policy' AND client_id = '${old.other}'`,
    );
    expect((await host.admin('PUT', `${old.suspended}/suspension`)).status).toBe(200);
    // Also when the journal no longer has it.
    await host.dataSource.query(
      `DELETE FROM oauth2_client_change WHERE client_id = '${old.suspended}' AND kinds LIKE '%suspended%'`,
    );
    // Nobody can tell any more whether an administrator has changed it.
    await host.dataSource.query(
      `UPDATE oauth2_client_change SET version = 3 WHERE client_id = '${old.pruned}' AND version = 1`,
    );
    host.app.get(ClientActivity, { strict: false }).note({ client_id: old.once });
    await flushed(host);
    await passes(host, 2 * DAY - HOUR);
    const young = await registered(host);
    const ids = { ...old, young };
    const all = Object.keys(ids);
    await sweep(host);
    expect(await there(host, ids)).toEqual(all);

    // Each is used in another way.
    await host.app.get(ClientAuthenticator, { strict: false }).authenticate({ form: { client_id: old.inProcess } });
    expect((await post(`${host.url}/admin/clients/authenticate`, { form: { client_id: old.overHttp } })).status).toBe(
      200,
    );
    expect((await post(`${host.url}/admin/clients/activity`, { uses: [{ client_id: old.reported }] })).status).toBe(
      202,
    );
    expect(
      (
        await request(`${host.url}/admin/clients/${old.changed}`, {
          method: 'PATCH',
          body: '{"contacts":["a@example.com"]}',
          headers: { 'content-type': 'application/merge-patch+json' },
        })
      ).status,
    ).toBe(200);
    jest.setSystemTime(Date.now() + HOUR);
    await sweep(host);
    expect(await there(host, ids)).toEqual(all.filter((name) => name !== 'never' && name !== 'once'));

    // Who was never used is not kept; who was can be restored.
    expect((await host.admin('POST', `${old.never}/restore`)).status).toBe(404);
    const { body } = await request(`${host.url}/admin/changes?page_size=500`);
    const deleted = (body as unknown as { kinds: string[]; client_id: string; actor: object }[]).filter(({ kinds }) =>
      kinds.includes('client.deleted'),
    );
    expect(deleted.map(({ client_id: id }) => id).toSorted(ascending)).toEqual(
      [old.never, old.once].toSorted(ascending),
    );
    for (const { actor } of deleted) expect(actor).toEqual(SYSTEM);
    expect((await host.admin('POST', `${old.once}/restore`)).status).toBe(200);
  });

  it('stay when they are used or changed between the look and the removal', async () => {
    await using database = await open();
    await using host = await started(database);
    await using other = await started(database);
    await withBusy(host);
    const ids = {
      written: await registered(host),
      again: await registered(host),
      noted: await registered(host),
      changed: await registered(host),
      suspended: await registered(host),
      unused: await registered(host),
    };
    host.app.get(ClientActivity, { strict: false }).note({ client_id: ids.again });
    await flushed(host);
    await passes(host, 3 * DAY);
    const unused = host.app.get(UnusedClients, { strict: false });
    const { before = '' } = await unused.due(2 * DAY);
    const found = await unused.find({ policy: 'default', before, most: 10 });
    expect(found.map(({ id }) => id).toSorted(ascending)).toEqual(Object.values(ids).toSorted(ascending));

    for (const id of [ids.written, ids.again]) other.app.get(ClientActivity, { strict: false }).note({ client_id: id });
    await flushed(other);
    host.app.get(ClientActivity, { strict: false }).note({ client_id: ids.noted });
    expect((await host.admin('PUT', `${ids.suspended}/suspension`)).status).toBe(200);
    expect((await host.admin('PUT', ids.changed, { ...PUBLIC, client_name: 'Changed' })).status).toBe(200);
    const removed = [];
    for (const one of found) if (await unused.remove(one, before, { actor: SYSTEM })) removed.push(one.id);
    expect(removed).toEqual([ids.unused]);
    expect(await there(host, ids)).toEqual(['written', 'again', 'noted', 'changed', 'suspended']);
  });

  it('are each removed once by two sweepers at one time, while others are used', async () => {
    await using database = await open();
    await using host = await started(database);
    await using other = await started(database);
    await withBusy(host);
    const ids = await Promise.all(Array.from({ length: MANY }, () => registered(host)));
    await passes(host, 3 * DAY);
    const live = ids.filter((_, at) => at % 10 === 0);
    for (const id of live) other.app.get(ClientActivity, { strict: false }).note({ client_id: id });
    const sweeps = [sweep(host), sweep(other)];
    jest.advanceTimersByTime(1000);
    await Promise.all(sweeps);
    await flushed(other);
    const rows = await host.dataSource.query<{ id: string; used: string | null }[]>(
      'SELECT client.id AS id, used.last_used_at AS used FROM oauth2_client AS client, oauth2_client_use AS used WHERE used.client_id = client.id',
    );
    const left = rows.filter(({ id }) => id !== 'busy');
    // What was noted by the other process and not written may go; who is there was used.
    expect(left.filter(({ used }) => used === null)).toEqual([]);
    const changes = await host.dataSource.query<{ id: string }[]>(
      `SELECT client_id AS id FROM oauth2_client_change WHERE kinds = '["client.deleted"]' ORDER BY client_id`,
    );
    const kept = new Set(left.map(({ id }) => id));
    expect(changes.map(({ id }) => id)).toEqual(ids.filter((id) => !kept.has(id)).toSorted(ascending));
  });

  it('are as good as new while they answer the same registration again', async () => {
    await using database = await open();
    const shared = { registrationToken: false, reuseWithin: '24h', removeUnusedAfter: '48h' };
    await using host = await startRegistrationHost('Express', database, { policies: { default: shared } });
    await withBusy(host);
    const ids = { shared: await registered(host) };
    await passes(host, DAY - HOUR);
    expect(await registered(host)).toBe(ids.shared);
    await passes(host, DAY + 2 * HOUR);
    await sweep(host);
    expect(await there(host, ids)).toEqual(['shared']);
    await passes(host, DAY);
    await sweep(host);
    expect(await there(host, ids)).toEqual([]);
  });

  it('stay while uses are not known for the whole time, or no longer reported', async () => {
    await using database = await open();
    await using host = await started(database);
    const ids = { one: await registered(host) };
    const unused = host.app.get(UnusedClients, { strict: false });
    const refused = async (words: string) => {
      expect((await unused.due(2 * DAY)).refusal).toContain(words);
      await sweep(host);
      expect(await there(host, ids)).toEqual(['one']);
    };
    jest.setSystemTime(Date.now() + 5 * DAY);
    await refused('no use of a client was ever reported');
    await withBusy(host);
    await passes(host, 2 * DAY - HOUR);
    await refused('uses of clients are known only since');
    jest.setSystemTime(Date.now() + 5 * DAY);
    await refused('no client at all was used lately');
    await passes(host, 0);
    await sweep(host);
    expect(await there(host, ids)).toEqual([]);
  });
});

it('a client that another transaction holds is not waited for, on PostgreSQL', async () => {
  await using database = await POSTGRES.open();
  await using host = await startRegistrationHost('Express', database, OPTIONS);
  await withBusy(host);
  const [id, changed] = [await registered(host), await registered(host)];
  await passes(host, 3 * DAY);
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(
    `UPDATE oauth2_client_use SET last_used_at = '${new Date().toISOString()}' WHERE client_id = '${id}'`,
  );
  await holder.query(`UPDATE oauth2_client SET name = 'held' WHERE id = '${changed}'`);
  await sweep(host);
  expect(await there(host, { id, changed })).toEqual(['id', 'changed']);
  await holder.query('ROLLBACK');
  await holder.end();
  await sweep(host);
  expect(await there(host, { id, changed })).toEqual([]);
});

it('the service sweeps at its start and hourly, and says once why it does not; without such a policy it does nothing', async () => {
  await using database = await SQLITE.open();
  await using file = await fileOf('default: { removeUnusedAfter: 48h }');
  const { logger, text } = keptLog();
  const environment = { REGISTRATION_POLICIES: file.path };
  await using service = await startStandalone({ database, logger, environment });
  const refusals = () =>
    text().match(/No client of the policy default is removed as unused: no use of a client was ever reported\./g)
      ?.length;
  await eventually(() => refusals() === 1);
  jest.advanceTimersByTime(HOUR);
  await service.get(UnusedClientSweeper).sweep();
  expect(refusals()).toBe(1);
  const second = keptLog();
  await using without = await startStandalone({ database, logger: second.logger });
  await without.get(UnusedClientSweeper).sweep();
  jest.advanceTimersByTime(HOUR);
  expect(second.text()).not.toContain('as unused');
});
