import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TombstoneSweeper } from '../src/clients/tombstones/tombstone-sweeper.js';
import { ClientsService } from '../src/index.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { stopIntervals } from './support/clock.js';
import { DATABASES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { keptLog } from './support/log.js';

const HOUR = 3_600_000;
/** More than one statement ends. */
const MANY = 1100;

/** How many clients are kept whose time is over, and how many others. */
async function kept({ dataSource }: RunningApp): Promise<[old: number, young: number]> {
  const rows = await dataSource.query<{ old: number; young: number }[]>(
    `SELECT count(CASE WHEN tag = 'old' THEN 1 END) AS old, count(CASE WHEN tag <> 'old' THEN 1 END) AS young FROM oauth2_client_tombstone`,
  );
  return [Number(rows[0]?.old), Number(rows[0]?.young)];
}

/** Keeps more clients whose time to be restored is over. */
async function keepOld({ dataSource }: RunningApp, count: number): Promise<void> {
  const columns = 'client_id, version, owner, document, secrets, registration_token_digest, created_at, deleted_by';
  const ago = new Date(Date.now() - 30 * 24 * HOUR - 60_000).toISOString();
  await dataSource.query(
    `INSERT INTO oauth2_client_tombstone (tag, deleted_at, ${columns})
     WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${count})
     SELECT 'old', '${ago}', ${columns} FROM oauth2_client_tombstone, series WHERE tag <> 'old'`,
  );
}

beforeEach(stopIntervals);
afterEach(() => void jest.useRealTimers());

describe.each(DATABASES)('removed clients whose time to be restored is over, on $database,', ({ open }) => {
  it('are forgotten at start, and hourly, however many they are; that they cannot be is said', async () => {
    await using database = await open();
    {
      await using first = await startStandalone({ database });
      const clients = first.get(ClientsService);
      await clients.create({ client_id: 'young' });
      await clients.remove('young');
      await keepOld(first, MANY);
    }
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, logger });
    const isSwept = async () => (await kept(service))[0] === 0;
    await eventually(isSwept);
    // The sweep at start ends before this one begins.
    await service.get(TombstoneSweeper).sweep();
    await keepOld(service, 1);
    jest.advanceTimersByTime(HOUR - 1);
    expect(await kept(service)).toEqual([1, 1]);
    await service.dataSource.query('ALTER TABLE oauth2_client_tombstone RENAME TO mislaid');
    jest.advanceTimersByTime(1);
    await eventually(() => text().includes('Removed clients are kept longer, until it succeeds: '));
    await service.dataSource.query('ALTER TABLE mislaid RENAME TO oauth2_client_tombstone');
    jest.advanceTimersByTime(HOUR);
    await eventually(isSwept);
    expect(await kept(service)).toEqual([0, 1]);
  });
});
