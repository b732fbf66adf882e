import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { UsedAssertionSweeper } from '../src/authentication/assertion/used-assertion-sweeper.js';
import { startStandalone } from './support/app.js';
import { stopIntervals } from './support/clock.js';
import { DATABASES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { keptLog } from './support/log.js';
import { now } from './support/tokens.js';

const MINUTE = 60_000;
/** More than one statement removes. */
const MANY = 1100;

/** The clients whose assertions are kept, each once. */
async function kept(dataSource: DataSource): Promise<string[]> {
  const text = 'SELECT DISTINCT client_id AS id FROM oauth2_client_assertion ORDER BY client_id';
  return (await dataSource.query<{ id: string }[]>(text)).map(({ id }) => id);
}

/** Keeps assertions of a client that ended so many seconds ago. */
async function keep(dataSource: DataSource, client: string, count: number, ago: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO oauth2_client_assertion (client_id, jti_digest, expires_at)
     WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${count})
     SELECT '${client}', CAST(i AS varchar(43)), ${now() - ago} FROM series`,
  );
}

beforeEach(stopIntervals);
afterEach(() => void jest.useRealTimers());

describe.each(DATABASES)('used assertions, on $database,', ({ open }) => {
  it('are forgotten ten minutes after their end, at start and once a minute, however many they are; that they cannot be is said', async () => {
    await using database = await open();
    {
      await using first = await startStandalone({ database });
      await keep(first.dataSource, 'old', MANY, 660);
      await keep(first.dataSource, 'young', 1, 540);
    }
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, logger });
    const { dataSource } = service;
    const isSwept = async () => (await kept(dataSource)).join() === 'young';
    await eventually(isSwept);
    // The sweep at start ends before this one begins.
    await service.get(UsedAssertionSweeper).sweep();
    await keep(dataSource, 'old', 1, 660);
    jest.advanceTimersByTime(MINUTE - 1);
    expect(await kept(dataSource)).toEqual(['old', 'young']);
    await dataSource.query('ALTER TABLE oauth2_client_assertion RENAME TO mislaid');
    jest.advanceTimersByTime(1);
    await eventually(() => text().includes('Used assertions are kept longer, until it succeeds: '));
    await dataSource.query('ALTER TABLE mislaid RENAME TO oauth2_client_assertion');
    jest.advanceTimersByTime(MINUTE);
    await eventually(isSwept);
  });
});
