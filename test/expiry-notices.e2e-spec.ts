import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withDefaults } from '../src/clients/checked-options.js';
import { WebhooksOptions } from '../src/webhooks.js';
import { readConfig } from '../src/standalone/config/config.js';
import type { RunningApp } from './support/app.js';
import { stopIntervals, stopTime } from './support/clock.js';
import { DATABASES } from './support/databases.js';
import { post, request } from './support/http.js';
import {
  createEnding,
  DAY,
  deliver,
  deliveries,
  EXPIRING,
  HOUR,
  inDays,
  makeWebhook,
  noticeOf,
  noticesIn,
  startTelling,
  type Made,
} from './support/notices.js';
import { isSigned, startReceiver, type Receiver } from './support/receiver.js';
import { use, useDatabase } from './support/use.js';

const MERGE = { 'content-type': 'application/merge-patch+json' };

/** The id of a secret; without a place, of the newest. */
async function secretOf({ url }: RunningApp, id: string, at = 0): Promise<string> {
  const { text } = await request(`${url}/admin/clients/${id}/secrets`);
  return (JSON.parse(text) as { id: string }[])[at]?.id ?? '';
}

describe.each(DATABASES)('a webhook, on $database,', ({ open }) => {
  const database = useDatabase(open);
  const outside = use(async (keep) => ({ receiver: await keep(startReceiver()) }));
  const running = use(async (keep) => {
    // It looks at nothing by itself.
    stopIntervals();
    try {
      return { service: await keep(startTelling(database, outside.receiver)) };
    } finally {
      jest.useRealTimers();
    }
  });
  let service: RunningApp;
  let receiver: Receiver;
  let webhook: Made;

  let begin = Date.now();
  beforeEach(async () => {
    ({ service } = running);
    ({ receiver } = outside);
    stopTime();
    // Later than all that the tests before have made.
    begin += 400 * DAY;
    jest.setSystemTime(begin);
    receiver.received.length = 0;
    receiver.answers = () => 204;
    webhook = await makeWebhook(service, receiver);
    // From now on it looks at secrets only when the test delivers.
    await deliver(service);
  });
  afterEach(async () => {
    expect((await request(`${service.url}/admin/webhooks/${webhook.id}`, { method: 'DELETE' })).status).toBe(204);
    for (const table of ['client_expiry_notice', 'client_secret', 'client_term', 'client'])
      await service.dataSource.query(`DELETE FROM oauth2_${table}`);
    jest.useRealTimers();
  });

  const ask = (path: string, method: string, body?: object, headers = {}) =>
    request(`${service.url}/admin/clients/${path}`, { method, body, headers });

  it('is told once at each time before the end of a secret, signed and without the secret', async () => {
    const end = inDays(40);
    await createEnding(service, 'ends', 40, { owner: 'team-a', client_name: 'Ends' });
    await createEnding(service, 'ends-not', 0, { client_secret_expires_at: 0 });
    await deliver(service);
    expect(receiver.received).toEqual([]);
    for (const [left, told] of [
      [30.1, []],
      [29.9, ['ends 30']],
      [20, []],
      [13.9, ['ends 14']],
      [6.9, ['ends 7']],
      [1.1, []],
      [0.9, ['ends 1']],
      [0.1, []],
      [-0.1, []],
    ] as const) {
      jest.setSystemTime(end * 1000 - left * DAY);
      await deliver(service);
      await deliver(service);
      expect(noticesIn(receiver)).toEqual(told);
      for (const message of receiver.received) {
        expect(isSigned(message, webhook.signing_secret)).toBe(true);
        expect(message.body).not.toMatch(/oacs_|oart_|\$2b|\$sha256/);
        expect(noticeOf(message)).toEqual({
          kind: 'secret',
          id: await secretOf(service, 'ends'),
          client_id: 'ends',
          name: null,
          owner: 'team-a',
          expires_at: end,
          within_seconds: expect.any(Number),
        });
      }
      receiver.received.length = 0;
    }
    expect(await deliveries(service, webhook)).toEqual([]);
  });

  it('is told of the nearest time only, when several have passed', async () => {
    await createEnding(service, 'short', 3);
    await createEnding(service, 'long', 40);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['short 7']);
    // Nothing is sent for more than a month.
    jest.setSystemTime(Date.now() + 39.5 * DAY);
    receiver.received.length = 0;
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['long 1']);
  });

  it('is not told of a secret that was revoked, replaced or removed before', async () => {
    for (const id of ['kept', 'rotated', 'with-grace', 'ended', 'deleted', 'extended', 'never-again'])
      await createEnding(service, id, 8);
    expect((await post(`${service.url}/admin/clients/rotated/secrets/rotate`, { grace: '0s' })).status).toBe(200);
    expect((await post(`${service.url}/admin/clients/with-grace/secrets/rotate`, { grace: '24h' })).status).toBe(200);
    // Its other secret ends sooner, and has a notice of its own.
    expect((await ask('ended/secrets', 'POST', { expires_at: inDays(5) })).status).toBe(201);
    expect((await ask(`ended/secrets/${await secretOf(service, 'ended', 1)}`, 'DELETE')).status).toBe(204);
    expect((await ask('deleted', 'DELETE')).status).toBe(204);
    const later = { client_secret_expires_at: inDays(100) };
    expect((await ask('extended', 'PATCH', later, MERGE)).status).toBe(200);
    expect((await ask('never-again', 'PATCH', { client_secret_expires_at: 0 }, MERGE)).status).toBe(200);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['ended 7', 'kept 14']);
  });

  it('is told of a secret again that counts again, since the newer one was revoked', async () => {
    await createEnding(service, 'back', 8);
    expect((await ask('back/secrets', 'POST', {})).status).toBe(201);
    await deliver(service);
    expect(receiver.received).toEqual([]);
    expect((await ask(`back/secrets/${await secretOf(service, 'back')}`, 'DELETE')).status).toBe(204);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['back 14']);
  });

  it('is told anew when the end of a secret has moved', async () => {
    await createEnding(service, 'moves', 6);
    await deliver(service);
    expect((await ask('moves', 'PATCH', { client_secret_expires_at: inDays(60) }, MERGE)).status).toBe(200);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['moves 7']);
    receiver.received.length = 0;
    jest.setSystemTime(Date.now() + 31 * DAY);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['moves 30']);
    const [message] = receiver.received;
    expect(message && noticeOf(message).expires_at).toBeGreaterThan(inDays(28));
  });

  it('with an owner is told only of the secrets of that owner', async () => {
    const body = { url: receiver.url, kinds: [], owner: 'team-a' };
    expect((await request(`${service.url}/admin/webhooks/${webhook.id}`, { method: 'PUT', body })).status).toBe(200);
    for (const owner of ['team-a', 'team-b', '']) await createEnding(service, `of-${owner}`, 3, { owner });
    await deliver(service);
    expect(receiver.received.map(({ event }) => `${event.type} ${event.data.client_id}`)).toEqual([
      'client.created of-team-a',
      `${EXPIRING} of-team-a`,
    ]);
  });

  it('that asks for other kinds is told nothing, nor is one of what happened before it was made', async () => {
    const body = { url: receiver.url, kinds: ['client.deleted'] };
    await request(`${service.url}/admin/webhooks/${webhook.id}`, { method: 'PUT', body });
    await createEnding(service, 'before', 8);
    await deliver(service);
    const later = await makeWebhook(service, receiver);
    await deliver(service);
    expect(receiver.received).toEqual([]);
    jest.setSystemTime(Date.now() + 2 * DAY);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['before 7']);
    await request(`${service.url}/admin/webhooks/${later.id}`, { method: 'DELETE' });
  });

  it('is told again and again until it has taken it, and finds in the list what is late', async () => {
    receiver.answers = () => 500;
    for (const id of ['l1', 'l2', 'l3']) await createEnding(service, id, 3);
    await deliver(service);
    const late = await deliveries(service, webhook);
    expect(late.map(({ client_id: id }) => id).toSorted()).toEqual(['l1', 'l2', 'l3']);
    for (const one of late) expect(one).toMatchObject({ state: 'waiting', attempts: 1, status: 500 });
    expect(late.every(({ position }) => position < 0)).toBe(true);
    const [first, second] = late;
    const paged = await deliveries(service, webhook, `?after=${first?.position}&page_size=1`);
    expect(paged).toEqual([second]);
    const ids = new Set(receiver.received.map(({ id }) => id));
    expect(ids.size).toBe(3);
    receiver.answers = () => 204;
    receiver.received.length = 0;
    jest.setSystemTime(Date.now() + HOUR);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['l1 7', 'l2 7', 'l3 7']);
    expect(new Set(receiver.received.map(({ id }) => id))).toEqual(ids);
    expect(await deliveries(service, webhook)).toEqual([]);
  });

  it('that was disabled by an answer is told all that it has missed when it goes on', async () => {
    receiver.answers = () => 410;
    for (const id of ['g1', 'g2', 'g3']) await createEnding(service, id, 3);
    await deliver(service);
    receiver.answers = () => 204;
    receiver.received.length = 0;
    const body = { url: receiver.url, kinds: [EXPIRING] };
    expect((await request(`${service.url}/admin/webhooks/${webhook.id}`, { method: 'PUT', body })).status).toBe(200);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['g1 7', 'g2 7', 'g3 7']);
  });

  it('that was late is told the nearest time, and nothing of a secret that is gone by then', async () => {
    receiver.answers = () => 500;
    await createEnding(service, 'nearer', 6);
    await createEnding(service, 'gone', 6);
    await createEnding(service, 'extended', 6);
    await deliver(service);
    expect(await deliveries(service, webhook)).toHaveLength(3);
    const later = { client_secret_expires_at: inDays(100) };
    expect((await ask('extended', 'PATCH', later, MERGE)).status).toBe(200);
    expect((await post(`${service.url}/admin/clients/gone/secrets/rotate`)).status).toBe(200);
    receiver.answers = () => 204;
    receiver.received.length = 0;
    jest.setSystemTime(Date.now() + 5.5 * DAY);
    await deliver(service);
    expect(noticesIn(receiver)).toEqual(['nearer 1']);
    expect(await deliveries(service, webhook)).toEqual([]);
  });

  it('gets the changes of a client whatever becomes of a notice, and the notice after its late changes', async () => {
    const body = { url: receiver.url, kinds: [] };
    await request(`${service.url}/admin/webhooks/${webhook.id}`, { method: 'PUT', body });
    receiver.answers = ({ event }) => (event.type === 'client.created' ? 500 : 204);
    await createEnding(service, 'ordered', 3);
    await deliver(service);
    const types = () => receiver.received.map(({ event }) => event.type);
    expect(types()).toEqual(['client.created']);
    receiver.received.length = 0;
    receiver.answers = ({ event }) => (event.type === EXPIRING ? 500 : 204);
    jest.setSystemTime(Date.now() + HOUR);
    await deliver(service);
    expect(types()).toEqual(['client.created', EXPIRING]);
    receiver.received.length = 0;
    expect((await ask('ordered', 'PATCH', { client_name: 'Renamed' }, MERGE)).status).toBe(200);
    await deliver(service);
    expect(types().slice(0, 1)).toEqual(['client.updated']);
    expect((await deliveries(service, webhook)).map(({ position }) => position < 0)).toEqual([true]);
  });

  it('is told of each of many secrets once', async () => {
    const count = 1234;
    const series = `WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${count})`;
    await service.dataSource.query(
      `INSERT INTO oauth2_client (id, version, shape, tag, document, owner, name, auth_method, created_at, updated_at, registration_token_digest)
       ${series} SELECT 'many' || i, 1, 1, 'tag', '{}', '', '', '', '', '', '' FROM series`,
    );
    await service.dataSource.query(
      `INSERT INTO oauth2_client_secret (id, client_id, hash, created_at, expires_at)
       ${series} SELECT 'secret' || i, 'many' || i, '', '', ${inDays(3)} FROM series`,
    );
    for (let round = 0; round < 4; round += 1) await deliver(service);
    // A message that was not answered in time arrives twice, under the same id.
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(count);
    expect(new Set(receiver.received.map((message) => noticeOf(message).client_id)).size).toBe(count);
  });

  it('forgets a notice when its secret has ended', async () => {
    await createEnding(service, 'over', 1.5);
    await deliver(service);
    const kept = () => service.dataSource.query<object[]>('SELECT * FROM oauth2_client_expiry_notice');
    expect(await kept()).toHaveLength(1);
    jest.setSystemTime(Date.now() + 2 * DAY);
    await deliver(service);
    expect(await kept()).toEqual([]);
  });
});

describe('the setting of the times', () => {
  const FAULT =
    'must be off, or up to 10 times separated by commas, each a time from 1s to 366d, such as 30d, 12h or 1d12h';

  it.each([
    '30',
    '30 days',
    '7d,',
    '0d',
    '367d',
    '7d;1d',
    'OFF',
    'off,7d',
    Array.from({ length: 11 }, () => '1d').join(),
  ])('may not be %j', (expiryNotices) => {
    expect(() => readConfig({ EXPIRY_NOTICES: expiryNotices })).toThrow(`EXPIRY_NOTICES ${FAULT}.`);
    const options = () => withDefaults(new WebhooksOptions(), { expiryNotices });
    expect(options).toThrow(`expiryNotices ${FAULT}.`);
  });

  it.each(DATABASES)('is obeyed on $database, and none is made without any', async ({ open }) => {
    await using receiver = await startReceiver();
    await using database = await open();
    stopTime();
    try {
      {
        await using off = await startTelling(database, receiver, { EXPIRY_NOTICES: 'off' });
        await makeWebhook(off, receiver);
        await createEnding(off, 'ends', 2);
        await deliver(off);
        expect(receiver.received).toEqual([]);
      }
      await using on = await startTelling(database, receiver, { EXPIRY_NOTICES: '12h, 47h' });
      await deliver(on);
      expect(receiver.received).toEqual([]);
      jest.setSystemTime(Date.now() + 2 * HOUR);
      await deliver(on);
      expect(receiver.received.map((message) => noticeOf(message).within_seconds)).toEqual([47 * 3600]);
    } finally {
      jest.useRealTimers();
    }
  });
});
