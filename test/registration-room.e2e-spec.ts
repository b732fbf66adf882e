import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClientActivity, RegistrationService, runInTransaction } from '../src/index.js';
import { stopTime } from './support/clock.js';
import { DATABASES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { startRegistrationHost, type RegistrationHost } from './support/registration-host.js';

const HOUR = 3_600_000;
const QUOTA = 10;
const PUBLIC = { redirect_uris: ['https://app.example.com/cb'], token_endpoint_auth_method: 'none' };
const POLICIES = { default: { maxClients: QUOTA, makeRoomAfter: '2h' } };

const register = ({ app }: RegistrationHost) => app.get(RegistrationService, { strict: false }).register(PUBLIC);
const note = ({ app }: RegistrationHost, id: string) =>
  app.get(ClientActivity, { strict: false }).note({ client_id: id });

/** The ids of so many new clients, the oldest first. */
async function registered(host: RegistrationHost, count: number): Promise<string[]> {
  const ids = [];
  for (let at = 0; at < count; at += 1) {
    jest.setSystemTime(Date.now() + 1);
    ids.push((await register(host)).id);
  }
  return ids;
}

/** Ids of the clients that registered themselves and are there. */
async function there({ dataSource }: RegistrationHost): Promise<Set<string>> {
  const rows = await dataSource.query<{ id: string }[]>(
    `SELECT client_id AS id FROM oauth2_client_term WHERE kind = 'via_policy'`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** A client is used now, and that is written. */
async function used(host: RegistrationHost, id: string): Promise<void> {
  note(host, id);
  await eventually(() => {
    jest.advanceTimersByTime(1000);
    return !host.app.get(ClientActivity, { strict: false }).isWaiting(id);
  });
}

/** A host with a client of an administrator, by whose use it is known that uses are reported. */
async function started(database: { url: string }): Promise<RegistrationHost> {
  return startRegistrationHost('Express', database, { policies: POLICIES });
}
async function withBusy(host: RegistrationHost): Promise<void> {
  expect((await host.admin('POST', '', { client_id: 'busy' })).status).toBe(201);
  await used(host, 'busy');
}

beforeEach(stopTime);
afterEach(() => void jest.useRealTimers());

describe.each(DATABASES)('a policy that has as many clients as it may, on $database,', ({ open }) => {
  it('lets the oldest go that were never used, and no others', async () => {
    await using database = await open();
    await using host = await started(database);
    await withBusy(host);
    const ids = await registered(host, QUOTA);
    const [suspended = '', changed = '', inUse = '', noted = '', first = '', second = '', ...others] = ids;
    expect((await host.admin('PUT', `${suspended}/suspension`)).status).toBe(200);
    expect((await host.admin('PUT', changed, { ...PUBLIC, client_name: 'Changed' })).status).toBe(200);
    await used(host, inUse);
    await expect(register(host)).rejects.toMatchObject({ code: 'access_denied' });
    jest.setSystemTime(Date.now() + 2 * HOUR - 60_000);
    await used(host, 'busy');
    await expect(register(host)).rejects.toMatchObject({ code: 'access_denied' });

    jest.setSystemTime(Date.now() + HOUR);
    await used(host, 'busy');
    note(host, noted);
    const one = (await register(host)).id;
    expect(await there(host)).toEqual(new Set([...ids, one].filter((id) => id !== first)));
    const another = (await register(host)).id;
    const now = new Set([...ids, one, another].filter((id) => id !== first && id !== second));
    expect(await there(host)).toEqual(now);

    expect((await host.admin('POST', `${first}/restore`)).status).toBe(404);
    const { body } = await host.admin('GET', `${first}/history`);
    expect(body).toMatchObject([
      { kinds: ['client.deleted'], actor: { type: 'system', id: 'quota', name: 'default' } },
      {},
    ]);

    // What a host rolls back has not gone.
    const rolledBack = runInTransaction(host.dataSource, async (manager) => {
      await host.app.get(RegistrationService, { strict: false }).register(PUBLIC, { manager });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await there(host)).toEqual(now);
    for (let at = 0; at < others.length; at += 1) await register(host);
    await expect(register(host)).rejects.toMatchObject({ code: 'access_denied' });
    const left = await there(host);
    expect([left.size, [suspended, changed, inUse, noted].every((id) => left.has(id))]).toEqual([QUOTA, true]);
  });

  it('never has more, however many register at one time at two applications', async () => {
    await using database = await open();
    await using host = await started(database);
    await using other = await started(database);
    await withBusy(host);
    const ids = await registered(host, QUOTA);
    jest.setSystemTime(Date.now() + 3 * HOUR);
    await used(host, 'busy');
    const kept = ids.slice(0, 3);
    for (const id of kept) await used(host, id);
    const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => register(at % 2 ? host : other)));
    const refused = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [(answer.reason as { code: string }).code] : [],
    );
    expect(refused).toEqual(Array.from({ length: 20 - (QUOTA - kept.length) }, () => 'access_denied'));
    const left = await there(host);
    expect([left.size, kept.every((id) => left.has(id))]).toEqual([QUOTA, true]);
  });

  it('has no room while uses are not known for so long, nor where the quota was lowered', async () => {
    await using database = await open();
    {
      await using host = await started(database);
      await registered(host, QUOTA);
      jest.setSystemTime(Date.now() + 3 * HOUR);
      await expect(register(host)).rejects.toMatchObject({ code: 'access_denied' });
      await withBusy(host);
      await expect(register(host)).rejects.toMatchObject({ code: 'access_denied' });
      jest.setSystemTime(Date.now() + 3 * HOUR);
      await expect(register(host)).rejects.toMatchObject({ code: 'access_denied' });
      await used(host, 'busy');
    }
    await using lowered = await startRegistrationHost('Express', database, {
      policies: { default: { maxClients: QUOTA - 1, makeRoomAfter: '2h' } },
    });
    await expect(register(lowered)).rejects.toMatchObject({ code: 'access_denied' });
    expect((await there(lowered)).size).toBe(QUOTA);
    await using host = await started(database);
    await register(host);
    expect((await there(host)).size).toBe(QUOTA);
  });
});
