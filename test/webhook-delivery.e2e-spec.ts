import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Sealer } from '../src/journal/chain/sealer.js';
import { Dispatcher } from '../src/webhooks/delivery/dispatcher.js';
import type { DeliveryView, WebhookView } from '../src/webhooks/webhook.dto.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { post, postClient, request } from './support/http.js';
import { isSigned, startReceiver, type Receiver } from './support/receiver.js';
import { use, useDatabase } from './support/use.js';

const SECRETS_KEY = 'k'.repeat(32);
const HOUR = 3_600_000;
/** All but the clock runs as ever. */
const REAL = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/** A webhook of the service, and what was made known of it. */
interface Made extends WebhookView {
  signing_secret: string;
}

function startFor(database: { url: string }, receiver: Receiver, allowedHosts = ['localhost']): Promise<RunningApp> {
  return startStandalone({
    database,
    environment: { SECRETS_KEY },
    webhooks: { outbound: { certificateAuthorities: receiver.certificate, allowedHosts, timeout: 1000 } },
  });
}

async function makeWebhook({ url }: RunningApp, body: object): Promise<Made> {
  const answer = await post(`${url}/admin/webhooks`, body);
  expect(answer.status).toBe(201);
  return answer.body as unknown as Made;
}

async function create(service: RunningApp, ...ids: string[]): Promise<void> {
  for (const client_id of ids) expect((await postClient(service.url, { client_id })).status).toBe(201);
}

async function rename({ url }: RunningApp, id: string, client_name: string): Promise<void> {
  const headers = { 'content-type': 'application/merge-patch+json' };
  const answer = await request(`${url}/admin/clients/${id}`, { method: 'PATCH', body: { client_name }, headers });
  expect(answer.status).toBe(200);
}

/** Tries all that is due. */
async function deliver(service: RunningApp): Promise<void> {
  await service.get(Sealer).seal();
  await service.get(Dispatcher).settled();
}

async function deliveries({ url }: RunningApp, { id }: Made): Promise<DeliveryView[]> {
  const { status, text } = await request(`${url}/admin/webhooks/${id}/deliveries`);
  expect(status).toBe(200);
  return JSON.parse(text) as DeliveryView[];
}

async function shown({ url }: RunningApp, { id }: Made): Promise<WebhookView> {
  return (await request(`${url}/admin/webhooks/${id}`)).body as unknown as WebhookView;
}

/** What arrived, each as `client version`. */
function arrived({ received }: Receiver): string[] {
  return received.map(({ event: { data } }) => `${data.client_id} ${data.version}`);
}

describe.each(DATABASES)('a webhook, on $database,', ({ open }) => {
  const database = useDatabase(open);
  const outside = use(async (keep) => ({ receiver: await keep(startReceiver()) }));
  const running = use(async (keep) => ({ service: await keep(startFor(database, outside.receiver)) }));
  let service: RunningApp;
  let receiver: Receiver;
  let webhook: Made;

  beforeEach(async () => {
    ({ service } = running);
    ({ receiver } = outside);
    receiver.received.length = 0;
    receiver.answers = () => 204;
    await service.get(Sealer).seal();
    webhook = await makeWebhook(service, { url: receiver.url });
    // No retry is due until a test lets time pass.
    jest.useFakeTimers({ doNotFake: [...REAL], now: Date.now() });
  });
  afterEach(async () => {
    jest.useRealTimers();
    expect((await request(`${service.url}/admin/webhooks/${webhook.id}`, { method: 'DELETE' })).status).toBe(204);
    // Its late deliveries go with it.
    expect(await service.dataSource.query('SELECT * FROM oauth2_client_webhook_delivery')).toEqual([]);
  });

  it('is sent each change from then on, signed, as the journal has it and without a secret', async () => {
    const { body } = await postClient(service.url, { client_id: 'orders', client_secret: 'a chosen secret' });
    await rename(service, 'orders', 'Orders');
    await post(`${service.url}/admin/clients/orders/secrets/rotate`);
    expect((await request(`${service.url}/admin/clients/orders`, { method: 'DELETE' })).status).toBe(204);
    await deliver(service);
    expect(receiver.received.map(({ event }) => event.type)).toEqual([
      'client.created',
      'client.updated',
      'client.secret.rotated',
      'client.deleted',
    ]);
    expect(arrived(receiver)).toEqual(['orders 1', 'orders 2', 'orders 3', 'orders 4']);
    for (const message of receiver.received) {
      expect(isSigned(message, webhook.signing_secret)).toBe(true);
      expect(isSigned({ ...message, body: `${message.body} ` }, webhook.signing_secret)).toBe(false);
      expect(message.headers['content-type']).toBe('application/json');
      expect(message.body).not.toMatch(/a chosen secret|oacs_|oart_|\$2b|\$sha256/);
      expect(message.event.data).toMatchObject({ id: message.id, at: message.event.timestamp });
    }
    expect(receiver.received[0]?.event.data).toMatchObject({ client: { client_id: body['client_id'] } });
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(4);
    expect(await deliveries(service, webhook)).toEqual([]);
  });

  it('is sent only the kinds and the owner that it asks for', async () => {
    const body = { url: receiver.url, kinds: ['client.deleted', 'client.secret.rotated'], owner: 'team-a' };
    expect((await request(`${service.url}/admin/webhooks/${webhook.id}`, { method: 'PUT', body })).status).toBe(200);
    for (const [client_id, owner] of [
      ['a-kept', 'team-a'],
      ['a-gone', 'team-a'],
      ['b-gone', 'team-b'],
      ['nobodys', ''],
    ])
      await postClient(service.url, { client_id, owner });
    const secret = { client_name: 'Kept', client_secret: 'another secret', owner: 'team-a' };
    await request(`${service.url}/admin/clients/a-kept`, { method: 'PUT', body: secret });
    for (const id of ['a-gone', 'b-gone', 'nobodys'])
      await request(`${service.url}/admin/clients/${id}`, { method: 'DELETE' });
    await deliver(service);
    // Changes of different clients may arrive in any order.
    expect(new Set(receiver.received.map(({ event }) => `${event.type} ${event.data.client_id}`))).toEqual(
      new Set(['client.secret.rotated a-kept', 'client.deleted a-gone']),
    );
    expect(receiver.received).toHaveLength(2);
  });

  it('gets the changes of a client in order: later ones wait behind one that failed, those of others do not', async () => {
    receiver.answers = ({ event }) => (event.data.client_id === 'stuck' ? 500 : 204);
    await create(service, 'stuck', 'free');
    await rename(service, 'stuck', 'Stuck');
    await rename(service, 'free', 'Free');
    await deliver(service);
    await rename(service, 'stuck', 'Stuck again');
    await deliver(service);
    expect(arrived(receiver).toSorted()).toEqual(['free 1', 'free 2', 'stuck 1']);
    expect(await deliveries(service, webhook)).toEqual([
      expect.objectContaining({
        client_id: 'stuck',
        state: 'waiting',
        attempts: 1,
        status: 500,
        problem: 'The answer was 500.',
      }),
      expect.objectContaining({ client_id: 'stuck', state: 'waiting', attempts: 0, next_attempt_at: null }),
      expect.objectContaining({ client_id: 'stuck', state: 'waiting', attempts: 0, next_attempt_at: null }),
    ]);
    receiver.answers = () => 204;
    receiver.received.length = 0;
    jest.setSystemTime(Date.now() + HOUR);
    await deliver(service);
    expect(arrived(receiver)).toEqual(['stuck 1', 'stuck 2', 'stuck 3']);
    expect(await deliveries(service, webhook)).toEqual([]);
  });

  it('is tried again for two days, less and less often, and then the change is parked and the next one goes', async () => {
    receiver.answers = () => 503;
    const start = Date.now();
    await create(service, 'late');
    await deliver(service);
    await rename(service, 'late', 'Late');
    await deliver(service);
    const pauses: number[] = [];
    for (;;) {
      const [first] = await deliveries(service, webhook);
      if (first?.next_attempt_at == null) break;
      const next = Date.parse(first.next_attempt_at);
      pauses.push(next - Date.now());
      jest.setSystemTime(next);
      await deliver(service);
    }
    expect(Date.now()).toBe(start + 48 * HOUR);
    expect(pauses.length).toBeGreaterThan(15);
    expect(pauses.length).toBeLessThan(40);
    expect(pauses[0]).toBeLessThan(10_000);
    expect(Math.max(...pauses)).toBeGreaterThan(HOUR);
    const [first, second] = await deliveries(service, webhook);
    expect(first).toMatchObject({ state: 'parked', attempts: pauses.length + 1, status: 503 });
    expect(second).toMatchObject({ state: 'parked', attempts: 1 });
    receiver.answers = () => 204;
    receiver.received.length = 0;
    await rename(service, 'late', 'Later');
    await deliver(service);
    expect(arrived(receiver)).toEqual(['late 3']);
  });

  it('that fails for a day and then answers misses nothing', async () => {
    receiver.answers = () => 500;
    await create(service, 'd1', 'd2', 'd3');
    await rename(service, 'd2', 'Second');
    await deliver(service);
    jest.setSystemTime(Date.now() + 24 * HOUR);
    await deliver(service);
    receiver.answers = () => 204;
    receiver.received.length = 0;
    jest.setSystemTime(Date.now() + 6 * HOUR);
    await deliver(service);
    expect(arrived(receiver).toSorted()).toEqual(['d1 1', 'd2 1', 'd2 2', 'd3 1']);
    expect(arrived(receiver).filter((one) => one.startsWith('d2'))).toEqual(['d2 1', 'd2 2']);
    expect(receiver.received.every((message) => isSigned(message, webhook.signing_secret))).toBe(true);
  });

  it('whose receiver answers 410 is disabled, and goes on where it stopped when it is replaced', async () => {
    receiver.answers = () => 410;
    await create(service, 'gone-1', 'gone-2');
    await deliver(service);
    expect(await shown(service, webhook)).toMatchObject({ disabled: true, reason: 'The receiver answered 410 Gone.' });
    await create(service, 'gone-3');
    await deliver(service);
    receiver.answers = () => 204;
    receiver.received.length = 0;
    await deliver(service);
    expect(arrived(receiver)).toEqual([]);
    const body = { url: receiver.url };
    const put = await request(`${service.url}/admin/webhooks/${webhook.id}`, { method: 'PUT', body });
    expect(put.body).toMatchObject({ disabled: false, reason: null });
    await deliver(service);
    expect(arrived(receiver).toSorted()).toEqual(['gone-1 1', 'gone-2 1', 'gone-3 1']);
  });

  it.each([
    ['redirects', () => 302, 302, 'The answer was 302.'],
    ['does not answer in time', () => undefined, null, 'It could not be sent: it did not answer in time.'],
  ])('does not follow a receiver that %s: that is a failure', async (name, answers, status, problem) => {
    receiver.answers = answers;
    const id = name.replaceAll(' ', '-');
    await create(service, id);
    await deliver(service);
    expect(arrived(receiver)).toEqual([`${id} 1`]);
    expect(await deliveries(service, webhook)).toEqual([expect.objectContaining({ attempts: 1, status, problem })]);
  });

  it('that parks its thousandth change is disabled; with a thousand waiting ones it reads no further', async () => {
    const { dataSource } = service;
    const fill = async (state: string, count: number, nextAt: string) => {
      const rows = Array.from(
        { length: count },
        (_, at) =>
          `('${webhook.id}', ${-at - 1}, 'filler', 'x', '${state}', '2020-01-01T00:00:00.000Z', 1, '', '${nextAt}', NULL, '')`,
      );
      await dataSource.query(`INSERT INTO oauth2_client_webhook_delivery VALUES ${rows.join()}`);
    };
    await fill('waiting', 1000, '9999-01-01T00:00:00.000Z');
    await create(service, 'unread');
    await deliver(service);
    expect(arrived(receiver)).toEqual([]);
    await dataSource.query('DELETE FROM oauth2_client_webhook_delivery');
    await deliver(service);
    expect(arrived(receiver)).toEqual(['unread 1']);
    await fill('parked', 999, '');
    receiver.answers = () => 500;
    await create(service, 'last-straw');
    await deliver(service);
    expect((await shown(service, webhook)).disabled).toBe(false);
    jest.setSystemTime(Date.now() + 49 * HOUR);
    await deliver(service);
    expect(await shown(service, webhook)).toMatchObject({
      disabled: true,
      reason: 'The receiver has not taken 1000 changes.',
    });
  });

  it('sends again from a position on, what was parked or late included', async () => {
    receiver.answers = ({ event }) => (event.data.client_id === 'r2' ? 500 : 204);
    await create(service, 'r1', 'r2', 'r3');
    await deliver(service);
    receiver.answers = () => 204;
    const position = receiver.received.find(({ event }) => event.data.client_id === 'r2')?.event.data.position ?? 0;
    receiver.received.length = 0;
    const replay = (from: number) => post(`${service.url}/admin/webhooks/${webhook.id}/replay`, { position: from });
    expect((await replay(position)).body).toMatchObject({ position: position - 1 });
    await deliver(service);
    expect(arrived(receiver).toSorted()).toEqual(['r2 1', 'r3 1']);
    expect(await deliveries(service, webhook)).toEqual([]);
    const ahead = await replay(position + 3);
    expect([ahead.status, ahead.body['error_description']]).toEqual([
      400,
      `position must not be greater than ${position + 2}, the next one of the webhook.`,
    ]);
  });

  it('sends what was parked again from a position on, and leaves what was parked before it', async () => {
    receiver.answers = ({ event }) => (event.data.client_id === 's3' ? 204 : 500);
    await create(service, 's1', 's2', 's3');
    await deliver(service);
    await service.dataSource.query(`UPDATE oauth2_client_webhook_delivery SET state = 'parked', next_at = ''`);
    const [first, second] = await deliveries(service, webhook);
    receiver.answers = () => 204;
    receiver.received.length = 0;
    const from = { position: second?.position };
    expect((await post(`${service.url}/admin/webhooks/${webhook.id}/replay`, from)).status).toBe(200);
    expect(await deliveries(service, webhook)).toEqual([first]);
    await deliver(service);
    expect(arrived(receiver).toSorted()).toEqual(['s2 1', 's3 1']);
    expect(await deliveries(service, webhook)).toEqual([first]);
  });

  it('signs with the former secret, too, for a day after a rotation', async () => {
    const rotated = await post(`${service.url}/admin/webhooks/${webhook.id}/rotate`);
    const { signing_secret: secret } = rotated.body as unknown as Made;
    expect(secret).not.toBe(webhook.signing_secret);
    await create(service, 'overlap');
    await deliver(service);
    jest.setSystemTime(Date.now() + 25 * HOUR);
    await rename(service, 'overlap', 'Over');
    await deliver(service);
    const [during, after] = receiver.received;
    jest.setSystemTime(Number(during?.headers['webhook-timestamp']) * 1000);
    expect(during && [secret, webhook.signing_secret].map((one) => isSigned(during, one))).toEqual([true, true]);
    jest.setSystemTime(Number(after?.headers['webhook-timestamp']) * 1000);
    expect(after && [secret, webhook.signing_secret].map((one) => isSigned(after, one))).toEqual([true, false]);
  });
});
