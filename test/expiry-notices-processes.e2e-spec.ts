import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DispatchLease } from '../src/webhooks/delivery/dispatch-lease.js';
import { NoticeStatements } from '../src/webhooks/notices/notice.statements.js';
import type { RunningApp } from './support/app.js';
import { stopTime } from './support/clock.js';
import { DATABASES, type TestDatabase } from './support/databases.js';
import { createEnding, DAY, deliver, inDays, makeWebhook, noticesIn, startTelling } from './support/notices.js';
import { rowsLookedAt } from './support/plans.js';
import { startReceiver, type Receiver } from './support/receiver.js';

const IDS = Array.from({ length: 20 }, (_, at) => `c${at}`);

describe.each(DATABASES)('notices, on $database,', ({ open, isPostgres }) => {
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

  it('are made by nobody but the process that delivers', async () => {
    await using one = await start();
    await makeWebhook(one, receiver);
    // From now on it looks at secrets only when the test delivers.
    await deliver(one);
    await createEnding(one, 'whose', 3);
    const statements = one.get(NoticeStatements);
    const [secret] = await statements.ending(30 * 86_400, { expiresAt: 0, id: '' });
    const notice = { id: secret?.id ?? '', expiresAt: secret?.expiresAt ?? 0, withinSeconds: 7 * 86_400 };
    const { holder } = one.get(DispatchLease);
    expect(await one.get(DispatchLease).hold()).toBe(true);
    expect(await statements.add('another', 0, [notice])).toBe(false);
    // Nor does it when another one has made some since it counted.
    expect(await statements.add(holder, 7, [notice])).toBe(false);
    expect([await statements.count(), (await statements.behind(0)).live]).toEqual([0, []]);
    expect(await statements.add(holder, 0, [notice])).toBe(true);
    expect([await statements.count(), (await statements.behind(0)).live]).toEqual([1, [expect.anything()]]);
  });

  it('cost a look at 500 secrets, and at nothing else, however many end', async () => {
    await using service = await start();
    const series = `WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < 20000)`;
    for (const insert of [
      `INSERT INTO oauth2_client (id, version, shape, tag, document, owner, name, auth_method, created_at, updated_at, registration_token_digest)
       ${series} SELECT 'client' || i, 1, 1, 'tag', '{}', '', '', '', '', '', '' FROM series`,
      `INSERT INTO oauth2_client_secret (id, client_id, hash, created_at, expires_at)
       ${series} SELECT 'secret' || i, 'client' || i, '', '', ${inDays(1)} + i FROM series`,
      `INSERT INTO oauth2_client_expiry_notice (secret_id, id, position, expires_at, within_seconds, at)
       ${series} SELECT 'secret' || i, '', i, ${inDays(1)} + i, 604800, '' FROM series`,
    ])
      await service.dataSource.query(insert);
    await service.dataSource.query('ANALYZE');
    const select = service.get(NoticeStatements).selectEnding(30 * 86_400, { expiresAt: inDays(1) + 9000, id: '' });
    if (isPostgres) return expect(await rowsLookedAt(database.url, select)).toBeLessThanOrEqual(2000);
    const plan = await service.dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${select.text}`, [
      ...select.values,
    ]);
    const details = plan.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH) (?!ending)/.test(detail));
    expect(details.toSorted()).toEqual([
      expect.stringMatching(/^SEARCH newer USING INDEX oauth2_client_secret_client_id /),
      expect.stringMatching(/^SEARCH notice USING INDEX .*\(secret_id=\?\)/),
      expect.stringMatching(/^SEARCH oauth2_client_secret USING INDEX oauth2_client_secret_expires_at /),
    ]);
  });
});
