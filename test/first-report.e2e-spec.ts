import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClientActivity, ClientAuthenticator } from '../src/index.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { stopTime } from './support/clock.js';
import { DATABASES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { post } from './support/http.js';
import { Subject } from './support/subject.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const PUBLIC = { token_endpoint_auth_method: 'none' };
const now = () => new Date().toISOString();

/** The rows that say since when uses are known. */
async function reported({ dataSource }: RunningApp): Promise<unknown[]> {
  const rows = await dataSource.query<{ at: string }[]>('SELECT reported_at AS at FROM oauth2_client_first_report');
  return rows.map(({ at }) => at);
}

/** A second passes, and what waits is written. */
async function aSecondLater(service: RunningApp, id: string): Promise<void> {
  jest.advanceTimersByTime(SECOND);
  await eventually(async () => {
    const rows = await service.dataSource.query<{ used: string | null }[]>(
      `SELECT last_used_at AS used FROM oauth2_client_use WHERE client_id = '${id}'`,
    );
    return rows[0]?.used !== null;
  });
}

beforeEach(stopTime);
afterEach(() => void jest.useRealTimers());

describe.each(DATABASES)('since when uses of clients are known, on $database,', ({ open }) => {
  it.each<[way: string, use: (service: RunningApp, id: string) => Promise<unknown>]>([
    ['in process', ({ get }, id) => get(ClientAuthenticator).authenticate({ form: { client_id: id } })],
    ['over HTTP', ({ url }, id) => post(`${url}/admin/clients/authenticate`, { form: { client_id: id } })],
    [
      'by a report of an earlier use',
      ({ url }, id) =>
        post(`${url}/admin/clients/activity`, { uses: [{ client_id: id, used_at: '2020-01-31T12:00:00Z' }] }),
    ],
  ])('is kept with the first use, %s, and never changes', async (_, use) => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const client = await Subject.create(service, PUBLIC);
    service.get(ClientActivity).note({ client_id: 'nobody' });
    await post(`${service.url}/admin/clients/authenticate`, { form: { client_id: client.id, client_secret: 'wrong' } });
    jest.advanceTimersByTime(SECOND);
    const other = await Subject.create(service, PUBLIC);
    expect(await reported(service)).toEqual([]);

    await use(service, client.id);
    await aSecondLater(service, client.id);
    const first = now();
    await eventually(async () => (await reported(service)).length > 0);
    expect(await reported(service)).toEqual([first]);

    jest.advanceTimersByTime(MINUTE);
    await use(service, other.id);
    await aSecondLater(service, other.id);
    const another = await startStandalone({ database });
    const third = await Subject.create(another, PUBLIC);
    another.get(ClientActivity).note({ client_id: third.id });
    await aSecondLater(another, third.id);
    await another[Symbol.asyncDispose]();
    expect(await reported(service)).toEqual([first]);
  });
});
