import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Sealer } from '../src/journal/chain/sealer.js';
import { ClientsService } from '../src/index.js';
import { Dispatcher } from '../src/webhooks/delivery/dispatcher.js';
import type { WebhookView } from '../src/webhooks/webhook.dto.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { stopIntervals } from './support/clock.js';
import { DATABASES, POSTGRES, type TestDatabase } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { post, postClient, request } from './support/http.js';
import { startReceiver, type Received, type Receiver } from './support/receiver.js';

const SECRETS_KEY = 's'.repeat(32);

/** A service that serves webhooks on a database, which others may serve, too. */
function start(database: { url: string }, { certificate }: Receiver): Promise<RunningApp> {
  const outbound = { certificateAuthorities: certificate, allowedHosts: ['localhost'] };
  return startStandalone({ database, environment: { SECRETS_KEY }, webhooks: { outbound } });
}

async function makeWebhook({ url }: RunningApp, receiver: Receiver): Promise<string> {
  const { status, body } = await post(`${url}/admin/webhooks`, { url: receiver.url });
  expect(status).toBe(201);
  return String(body['id']);
}

async function create({ url }: RunningApp, ...ids: string[]): Promise<void> {
  for (const client_id of ids) expect((await postClient(url, { client_id })).status).toBe(201);
}

async function rename({ url }: RunningApp, id: string, client_name: string): Promise<void> {
  const headers = { 'content-type': 'application/merge-patch+json' };
  const { status } = await request(`${url}/admin/clients/${id}`, { method: 'PATCH', body: { client_name }, headers });
  expect(status).toBe(200);
}

async function deliver(service: RunningApp): Promise<void> {
  await service.get(Sealer).seal();
  await service.get(Dispatcher).settled();
}

/** Says which process delivers: `''` for none. */
async function giveLease({ dataSource }: RunningApp, holder: string): Promise<void> {
  await dataSource.query(`UPDATE oauth2_client_webhook_lease SET holder = '${holder}', renewals = renewals + 1`);
}

const nameOf = ({ event: { data } }: Received): string => `${data.client_id} ${data.version}`;

/** What arrived of a client, in the order of arrival. */
const versionsOf = ({ received }: Receiver, id: string): number[] =>
  received.filter(({ event: { data } }) => data.client_id === id).map(({ event: { data } }) => data.version);

describe.each(DATABASES)('deliveries, on $database,', ({ open }) => {
  let receiver: Receiver;
  let database: TestDatabase;
  beforeEach(async () => {
    receiver = await startReceiver();
    database = await open();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    jest.useRealTimers();
    await receiver.close();
    await database.drop();
  });

  it('miss nothing when the service stops in their middle, and go on in order when it starts again', async () => {
    const ids = Array.from({ length: 12 }, (_, at) => `c${at}`);
    {
      await using first = await start(database, receiver);
      // Before there is a webhook: with one, the process may take the lease at any time.
      await giveLease(first, 'another');
      await makeWebhook(first, receiver);
      let answer = (): void => undefined;
      const answering = new Promise<void>((resolve) => (answer = resolve));
      receiver.answers = async () => {
        await answering;
        return 204;
      };
      await create(first, ...ids);
      for (const id of ids) await rename(first, id, 'Renamed');
      await giveLease(first, '');
      await first.get(Sealer).seal();
      await eventually(() => receiver.received.length > 0);
      // The service stops while it waits for answers.
      const stopping = first.close();
      answer();
      await stopping;
      expect(receiver.received.length).toBeLessThan(12);
    }
    const before = receiver.received.length;
    await using second = await start(database, receiver);
    await deliver(second);
    expect(receiver.received.length).toBeGreaterThan(before);
    for (const id of ids) expect(versionsOf(receiver, id)).toEqual([1, 2]);
    // The attempts that had begun were ended and noted.
    expect(receiver.received).toHaveLength(ids.length * 2);
  });

  it('begin ten seconds after a process that delivered was last seen alive, whatever its clock says', async () => {
    stopIntervals();
    await using service = await start(database, receiver);
    // Time passes by the clock of the process only when the test says so.
    const begin = performance.now();
    let passed = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => begin + passed);
    await giveLease(service, 'another');
    await makeWebhook(service, receiver);
    await create(service, 'waits');
    await deliver(service);
    passed = 9900;
    await deliver(service);
    expect(receiver.received).toEqual([]);
    await giveLease(service, 'another');
    passed += 5000;
    await deliver(service);
    passed += 9900;
    await deliver(service);
    expect(receiver.received).toEqual([]);
    passed += 200;
    await deliver(service);
    expect(receiver.received.map(nameOf)).toEqual(['waits 1']);
  });

  it('begin when a change is sealed, not when the process looks again', async () => {
    stopIntervals();
    await using service = await start(database, receiver);
    await makeWebhook(service, receiver);
    await create(service, 'soon');
    await eventually(() => receiver.received.length > 0);
    expect(receiver.received.map(nameOf)).toEqual(['soon 1']);
  });

  it('move no cursor when another process has taken over meanwhile', async () => {
    await using service = await start(database, receiver);
    const id = await makeWebhook(service, receiver);
    const position = async () =>
      ((await request(`${service.url}/admin/webhooks/${id}`)).body as unknown as WebhookView).position;
    const before = await position();
    receiver.answers = async () => {
      await giveLease(service, 'another');
      return 204;
    };
    await create(service, 'twice');
    await deliver(service);
    expect(receiver.received.map(nameOf)).toEqual(['twice 1']);
    expect(await position()).toBe(before);
    receiver.answers = () => 204;
    await giveLease(service, '');
    await deliver(service);
    expect(receiver.received.map(nameOf)).toEqual(['twice 1', 'twice 1']);
    expect(new Set(receiver.received.map(({ id: one }) => one)).size).toBe(1);
    expect(await position()).toBe(before + 1);
  });
});

describe('two processes on one database', () => {
  it('send each change once, in order, and one goes on when the other ends', async () => {
    await using receiver = await startReceiver();
    await using database = await POSTGRES.open();
    await using one = await start(database, receiver);
    await using two = await start(database, receiver);
    await makeWebhook(one, receiver);
    const ids = Array.from({ length: 10 }, (_, at) => `p${at}`);
    await Promise.all(ids.map((id, at) => create(at % 2 ? one : two, id)));
    await Promise.all(ids.map((id, at) => rename(at % 3 ? one : two, id, 'Renamed')));
    await eventually(() => receiver.received.length >= 20);
    await Promise.all([deliver(one), deliver(two)]);
    expect(receiver.received).toHaveLength(20);
    for (const id of ids) expect(versionsOf(receiver, id)).toEqual([1, 2]);
    await using three = await start(database, receiver);
    // One of these two was the process that delivered.
    for (const [at, ended] of [one, two].entries()) {
      await ended.close();
      await create(three, `after-${at}`);
      await eventually(() => versionsOf(receiver, `after-${at}`).length > 0);
    }
    expect(receiver.received).toHaveLength(22);
  });

  it('miss no change that commits late', async () => {
    await using receiver = await startReceiver();
    await using database = await POSTGRES.open();
    await using service = await start(database, receiver);
    await makeWebhook(service, receiver);
    const clients = service.get(ClientsService);
    await service.dataSource.transaction(async (manager) => {
      await clients.create({ client_id: 'begun-first' }, { manager });
      await create(service, 'committed-first');
      await deliver(service);
      expect(receiver.received.map(nameOf)).toEqual(['committed-first 1']);
    });
    await deliver(service);
    expect(receiver.received.map(nameOf)).toEqual(['committed-first 1', 'begun-first 1']);
  });
});
