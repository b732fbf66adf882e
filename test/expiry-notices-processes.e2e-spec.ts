import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RunningApp } from './support/app.js';
import { stopTime } from './support/clock.js';
import { DATABASES, type TestDatabase } from './support/databases.js';
import { createEnding, DAY, deliver, makeWebhook, noticesIn, startTelling } from './support/notices.js';
import { startReceiver, type Receiver } from './support/receiver.js';

const IDS = Array.from({ length: 20 }, (_, at) => `c${at}`);

describe.each(DATABASES)('notices, on $database,', ({ open }) => {
  let receiver: Receiver;
  let database: TestDatabase;
  beforeEach(async () => {
    receiver = await startReceiver();
    database = await open();
    stopTime();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await receiver.close();
    await database.drop();
  });

  const start = () => startTelling(database, receiver);
  const all = (days: number) => IDS.map((id) => `${id} ${days}`).toSorted();

  it('are made once by two processes, and one goes on when the other ends', async () => {
    const services: RunningApp[] = [await start(), await start()];
    try {
      const [one, two] = services as [RunningApp, RunningApp];
      await makeWebhook(one, receiver);
      for (const id of IDS) await createEnding(two, id, 20);
      for (let round = 0; round < 3; round += 1) await deliver(one, two);
      expect(noticesIn(receiver)).toEqual(all(30));
      for (const days of [14, 7]) {
        receiver.received.length = 0;
        const ended = services.splice(0, 1)[0];
        services.push(await start());
        await ended?.close();
        jest.setSystemTime(Date.now() + 7 * DAY);
        for (let round = 0; round < 3; round += 1) await deliver(...services);
        expect(noticesIn(receiver)).toEqual(all(days));
      }
    } finally {
      for (const service of services) await service.close();
    }
  });

  it('are not made twice when the service starts again, and what was not noted is sent again under its id', async () => {
    {
      await using first = await start();
      await makeWebhook(first, receiver);
      await createEnding(first, 'again', 3);
      receiver.answers = async () => {
        await first.dataSource.query(
          `UPDATE oauth2_client_webhook_lease SET holder = 'another', renewals = renewals + 1`,
        );
        return 204;
      };
      await deliver(first);
      expect(noticesIn(receiver)).toEqual(['again 7']);
      receiver.answers = () => 204;
      await first.dataSource.query(`UPDATE oauth2_client_webhook_lease SET holder = ''`);
    }
    for (let starts = 0; starts < 3; starts += 1) {
      await using next = await start();
      await deliver(next);
    }
    expect(noticesIn(receiver)).toEqual(['again 7', 'again 7']);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  });

  it('of a month in which the service was down are one', async () => {
    {
      await using first = await start();
      await makeWebhook(first, receiver);
      await createEnding(first, 'slept', 35);
      await deliver(first);
    }
    jest.setSystemTime(Date.now() + 30 * DAY);
    await using second = await start();
    await deliver(second);
    await deliver(second);
    expect(noticesIn(receiver)).toEqual(['slept 7']);
  });
});
