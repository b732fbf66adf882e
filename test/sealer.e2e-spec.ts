import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClientsService } from '../src/index.js';
import { Audit } from '../src/journal/chain/audit.js';
import { ChainStatements } from '../src/journal/chain/chain.statements.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { stopIntervals } from './support/clock.js';
import { DATABASES, SQLITE, type TestDatabase } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { keptLog } from './support/log.js';

const INTERVAL = 5000;
const HOUR = 3_600_000;

/** Writes changes as another process commits them: this one learns of none. */
async function commitElsewhere({ dataSource }: RunningApp, count: number): Promise<void> {
  const columns = 'client_id, tag, owner, at, kinds, document, secrets, actor, members';
  await dataSource.query(
    `INSERT INTO oauth2_client_change (id, version, ${columns})
     WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${count})
     SELECT 'elsewhere', 1 + i, ${columns} FROM oauth2_client_change, series WHERE client_id = 'first'`,
  );
}

/** How many changes are sealed, and how many there are. */
async function sealedOf({ dataSource }: RunningApp): Promise<[sealed: number, all: number]> {
  const [row] = await dataSource.query<{ sealed: number | string; total: number | string }[]>(
    'SELECT count(position) AS sealed, count(*) AS total FROM oauth2_client_change',
  );
  return [Number(row?.sealed), Number(row?.total)];
}

const allSealed = async (service: RunningApp) => {
  const [sealed, all] = await sealedOf(service);
  return sealed === all;
};

beforeEach(stopIntervals);
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe.each(DATABASES)('the sealer, on $database,', ({ open }) => {
  it('seals a change soon after its commit, what others commit when it looks again, and what is left when it starts', async () => {
    await using database = await open();
    {
      await using service = await startStandalone({ database });
      await service.get(ClientsService).create({ client_id: 'first' });
      await eventually(() => allSealed(service));
      await commitElsewhere(service, 1);
      expect(await sealedOf(service)).toEqual([1, 2]);
      jest.advanceTimersByTime(INTERVAL);
      await eventually(() => allSealed(service));
      await commitElsewhere(service, 1);
    }
    await using next = await startStandalone({ database });
    await eventually(() => allSealed(next));
    expect(await next.get(Audit).verify()).toMatchObject({ position: 4 });
  });

  it('stops after the batch at which it is', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    await service.get(ClientsService).create({ client_id: 'first' });
    await eventually(() => allSealed(service));
    await commitElsewhere(service, 250);
    const sealer = service.get(Sealer);
    const sealing = sealer.seal();
    await sealer.beforeApplicationShutdown();
    await sealing;
    const [sealed, all] = await sealedOf(service);
    expect(all).toBe(251);
    expect(sealed).toBeLessThanOrEqual(101);
  });

  it('seals no change before an earlier one, though the clock of another process was ahead', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const ahead = '2999-01-31T12:00:00.000Z';
    await service.dataSource.query(`UPDATE oauth2_client_journal_head SET sealed_at = '${ahead}'`);
    await service.get(ClientsService).create({ client_id: 'first' });
    await service.get(Sealer).seal();
    const rows = await service.dataSource.query<object[]>('SELECT sealed_at AS at FROM oauth2_client_change');
    expect([rows, (await service.get(Audit).verify()).fault]).toEqual([[{ at: ahead }], undefined]);
  });

  it('says once that the database keeps it from sealing, disturbs no change, and goes on when it can', async () => {
    await using database = await open();
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, logger });
    const clients = service.get(ClientsService);
    const attempts = jest.spyOn(ChainStatements.prototype, 'seal');
    const warnings = () => text().match(/Changes are not sealed, and it tries again: .*/g) ?? [];
    for (const trouble of [1, 2]) {
      await service.dataSource.query('ALTER TABLE oauth2_client_journal_head RENAME TO mislaid');
      attempts.mockClear();
      await clients.create({ client_id: `c${trouble}` });
      await eventually(() => attempts.mock.calls.length === 1);
      await clients.create({ client_id: `d${trouble}` });
      await eventually(() => attempts.mock.calls.length === 2);
      await Promise.allSettled(attempts.mock.results.map(({ value }) => value));
      await service.dataSource.query('ALTER TABLE mislaid RENAME TO oauth2_client_journal_head');
      jest.advanceTimersByTime(INTERVAL);
      await eventually(() => allSealed(service));
      expect(warnings()).toHaveLength(trouble);
    }
    expect(warnings()[0]).toContain('oauth2_client_journal_head');
  });
});

describe('the head of the journal', () => {
  const starting = async (database: TestDatabase) => {
    const { logger, text } = keptLog();
    const service = await startStandalone({ database, logger });
    return { service, lines: () => text().match(/The head of the journal .*/g) ?? [] };
  };

  it('is logged hourly: as it is, or that it cannot be read', async () => {
    await using database = await SQLITE.open();
    const { service, lines } = await starting(database);
    await using _ = service;
    jest.advanceTimersByTime(HOUR - 1);
    expect(lines()).toEqual([]);
    jest.advanceTimersByTime(1);
    await eventually(() => lines().length === 1);
    await service.get(ClientsService).create({ client_id: 'first' });
    await service.get(Sealer).seal();
    const { seal } = await service.get(Audit).verify();
    jest.advanceTimersByTime(HOUR);
    await eventually(() => lines().length === 2);
    await service.dataSource.query('DROP TABLE oauth2_client_journal_head');
    jest.advanceTimersByTime(HOUR);
    await eventually(() => lines().length === 3);
    expect(lines()).toEqual([
      'The head of the journal is position 0, seal none.',
      `The head of the journal is position 1, seal ${seal}.`,
      expect.stringMatching(/^The head of the journal cannot be read: .*oauth2_client_journal_head/),
    ]);
  });
});
