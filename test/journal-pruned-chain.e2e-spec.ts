import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ClientsService } from '../src/index.js';
import { Audit } from '../src/journal/chain/audit.js';
import { proofOf, type Gap } from '../src/journal/chain/gap.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { commandHere } from './support/command-here.js';
import { DATABASES } from './support/databases.js';
import { keptLog } from './support/log.js';
import { AN_HOUR, boundary, pruneBefore } from './support/pruning.js';
import { afterwards, copy, edit, remove, shift, swap } from './support/tampering.js';
import { useService } from './support/use.js';

const AUDIT_KEY = 'a key of the seals for the tests only';
const MERGE = 'application/merge-patch+json';
const ENVIRONMENT = { ...AN_HOUR, AUDIT_KEY };

/** Creates clients, and changes each of them some times. */
async function fill(service: RunningApp, clients: number, changes: number): Promise<void> {
  const registry = service.get(ClientsService);
  const ids = Array.from({ length: clients }, (_, at) => `c${at}`);
  for (const id of ids) await registry.create({ client_id: id });
  await change(service, clients, changes);
}

/** Changes each of them some times. */
async function change(service: RunningApp, clients: number, changes: number): Promise<void> {
  const ids = Array.from({ length: clients }, (_, at) => `c${at}`);
  for (let turn = 0; turn < changes; turn += 1)
    await Promise.all(
      ids.map((id) => service.get(ClientsService).patch(id, { client_name: `${turn} of ${changes}` }, MERGE)),
    );
  await service.get(Sealer).seal();
}

const count = async ({ dataSource }: RunningApp): Promise<number> =>
  Number(
    (await dataSource.query<[{ count: number | string }]>('SELECT count(*) AS count FROM oauth2_client_change'))[0]
      .count,
  );

const gap = (last: number, set: string) => `UPDATE oauth2_client_journal_gap SET ${set} WHERE last = ${last}`;

describe.each(DATABASES)('a pruned journal, on $database,', ({ isPostgres, open }) => {
  const log = keptLog();
  const service = useService(startStandalone, open, { environment: ENVIRONMENT, logger: log.logger });
  const verify = (noted?: string) => service.get(Audit).verify(noted);
  const pruneAll = async () => pruneBefore(await boundary(), service);
  const gapAt = async (last: number): Promise<Gap> => {
    const [row] = await service.dataSource.query<Gap[]>(
      `SELECT first, last, before, seal, pruned_at AS "prunedAt" FROM oauth2_client_journal_gap WHERE last = ${last}`,
    );
    return { ...(row as Gap), first: Number(row?.first), last };
  };

  // What is left is 3 and 7 to 9: 1 and 2, and 4 to 6, are pruned.
  beforeAll(async () => {
    const registry = service.get(ClientsService);
    const rename = (id: string, client_name: string) => registry.patch(id, { client_name }, MERGE);
    await registry.create({ client_id: 'one' });
    await rename('one', 'a');
    await registry.create({ client_id: 'two' });
    for (const name of ['b', 'c', 'd', 'e']) await rename('one', name);
    await service.get(Sealer).seal();
    const before = await boundary();
    for (const name of ['f', 'g']) await rename('one', name);
    await service.get(Sealer).seal();
    await pruneBefore(before, service);
  });

  it('is sound, and says how much was pruned', async () => {
    expect(await verify()).toEqual({ position: 9, seal: expect.stringMatching(/^[\da-f]{64}$/), pruned: 5 });
    expect((await verify('0'.repeat(64))).fault).toMatch(
      /written anew, after it was noted, or the change was pruned\.$/,
    );
  });

  it.each<[string, string[], RegExp]>([
    ['an edited change behind a gap', [edit(7, `owner = 'x'`)], /^The seal at position 7 \(version 6 of "one"\)/],
    ['an edited change between two gaps', [edit(3, `owner = 'x'`)], /^The seal at position 3 \(version 1 of "two"\)/],
    ['a removed change between two gaps', [remove('position = 3')], /^Position 3 is missing: the change was removed/],
    ['a removed change behind the gaps', [remove('position = 8')], /^Position 8 is missing/],
    ['an inserted change', [...shift(8), copy(7, 8)], /^The seal at position 8 .* edited, inserted or moved/],
    ['two changes in another order', swap(7, 8), /^The seal at position 7 /],
    ['the end cut off', [remove('position > 8')], /^The journal ends at position 8, and its head says 9/],
    ['a change where others were pruned', [copy(3, 5)], /^Position 5 was pruned, and is there again/],
    ['a gap that is gone', ['DELETE FROM oauth2_client_journal_gap WHERE last = 6'], /^Position 4 is missing/],
    ['a longer gap', [remove('position = 7'), gap(6, 'last = 7')], /^The record that positions 4 to 7 were pruned/],
    ['a shorter gap', [gap(6, 'last = 5')], /^The record that positions 4 to 5 were pruned does not fit/],
    ['a gap with another seal', [gap(6, 'seal = before')], /^The record that positions 4 to 6 were pruned/],
    ['a gap at another time', [gap(2, `pruned_at = 'x'`)], /^The record .* 1 to 2 .* AUDIT_KEY is not the key/],
    [
      'a moved gap',
      [remove('position = 3'), gap(2, 'last = 20'), gap(6, 'last = 2, first = 1'), gap(20, 'last = 6, first = 4')],
      /^The record that positions 1 to 2/,
    ],
  ])('does not hide %s', async (_, statements, fault) => {
    expect((await afterwards(service, statements, verify)).fault).toMatch(fault);
    expect((await verify()).fault).toBeUndefined();
  });

  it('does not hide a change that was removed as if it had been pruned, without the key', async () => {
    const [first, second] = [await gapAt(2), await gapAt(6)];
    const joined = { ...second, first: first.first, before: first.before };
    const forged = [
      remove('position = 3'),
      'DELETE FROM oauth2_client_journal_gap WHERE last = 2',
      gap(6, `first = 1, before = '', proof = '${proofOf(joined, '')}'`),
    ];
    expect((await afterwards(service, forged, verify)).fault).toMatch(/^The record that positions 1 to 6 were pruned/);
    // One that is genuine, but of another journal under the same key.
    const foreign = { ...second, before: 'f'.repeat(64) };
    const replaced = [gap(6, `before = '${foreign.before}', proof = '${proofOf(foreign, AUDIT_KEY)}'`)];
    expect((await afterwards(service, replaced, verify)).fault).toMatch(
      /^The record that positions 4 to 6 were pruned/,
    );
    // With the key it is what pruning writes.
    const genuine = [...forged.slice(0, 2), gap(6, `first = 1, before = '', proof = '${proofOf(joined, AUDIT_KEY)}'`)];
    expect(await afterwards(service, genuine, verify)).toMatchObject({ position: 9, pruned: 6 });
  });

  it.each<[string, string[], RegExp]>([
    ['an edited change', [edit(8, `owner = 'x'`)], /The seal at position 8/],
    ['a change after a removed one', [remove('position = 8')], /Position 8 is missing/],
    ['an inserted change', [...shift(8), copy(7, 8)], /The seal at position 8/],
    ['what follows a forged gap', [gap(6, 'seal = before')], /The record that positions 4 to 6 were pruned/],
    ['what follows a gap that is gone', ['DELETE FROM oauth2_client_journal_gap'], /Position [26] is missing/],
  ])('is not pruned further over %s: it stays visible', async (_, statements, fault) => {
    const tampered = async () => {
      const before = [await count(service), (await verify()).fault];
      await pruneAll();
      expect([await count(service), (await verify()).fault]).toEqual(before);
      return log.text().split('\n').at(-1);
    };
    const said = await afterwards(service, statements, tampered);
    expect(said).toMatch(/^The journal is not pruned, so that nothing is hidden/);
    expect(said).toMatch(fault);
  });

  it('is not pruned too early where the time of a change was set back', async () => {
    const before = await boundary();
    const set = [edit(9, `sealed_at = '2020-01-01T00:00:00.000Z'`)];
    const pruned = async () => {
      await pruneBefore(before - 3_600_000, service);
      return count(service);
    };
    expect(await afterwards(service, set, pruned)).toBe(4);
  });

  // Once: what a command does does not depend on the database.
  if (!isPostgres)
    it('is verified and exported by the command line', async () => {
      const environment = { DATABASE_URL: service.database.url, AUDIT_KEY };
      const run = (...args: string[]) => commandHere(['audit', ...args], { environment });
      const { seal } = await verify();
      const sound = await run('verify');
      const all = await run('export');
      const later = await run('export', '--after', '5');
      expect(sound.stdout).toBe(`Sound: 9 changes, of which 5 were pruned; the head is ${seal}.\n`);
      const lines = ({ stdout }: typeof all) =>
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { position?: number; pruned?: { first: number; last: number } });
      const places = (ended: typeof all) =>
        lines(ended).map(({ position, pruned }) => position ?? [pruned?.first, pruned?.last]);
      expect(places(all)).toEqual([[1, 2], 3, [4, 6], 7, 8, 9]);
      expect(places(later)).toEqual([[4, 6], 7, 8, 9]);
      const { first, last, before, seal: sealed, prunedAt } = await gapAt(6);
      const proof = proofOf({ first, last, before, seal: sealed, prunedAt }, AUDIT_KEY);
      const pruned = { first, last, seal_before: before, seal: sealed, pruned_at: prunedAt, proof };
      expect(lines(all)[2]).toEqual({ pruned });
    });
});

describe.each(DATABASES)('pruning, on $database,', ({ open }) => {
  const [CLIENTS, CHANGES] = [30, 9];
  const total = CLIENTS * (CHANGES + 1);

  it('goes on in several processes at once, while clients are changed and the journal is verified', async () => {
    await using database = await open();
    await using one = await startStandalone({ database, environment: ENVIRONMENT });
    await using other = await startStandalone({ database, environment: ENVIRONMENT });
    await fill(one, CLIENTS, CHANGES);
    const before = await boundary();
    const pruning = new AbortController();
    const faults: (string | undefined)[] = [];
    const watching = async (service: RunningApp) => {
      while (!pruning.signal.aborted) {
        faults.push((await service.get(Audit).verify()).fault);
        await nextTurn();
      }
    };
    const writing = async () => {
      for (let turn = 0; turn < 10; turn += 1)
        await other.get(ClientsService).patch('c0', { client_name: `later ${turn}` }, MERGE);
    };
    const watched = Promise.all([watching(one), watching(other)]);
    await Promise.all([pruneBefore(before, one, other), writing()]);
    pruning.abort();
    await watched;
    expect(faults.length).toBeGreaterThan(0);
    expect(new Set(faults)).toEqual(new Set([undefined]));
    await one.get(Sealer).seal();
    const verdict = await other.get(Audit).verify();
    expect(verdict).toMatchObject({ position: total + 10, pruned: total - CLIENTS });
    expect([verdict.fault, await count(one)]).toEqual([undefined, CLIENTS + 10]);
  });

  it('does not begin where a change far behind young ones claims to be older than they are', async () => {
    await using database = await open();
    await using service = await startStandalone({ database, environment: ENVIRONMENT });
    await fill(service, CLIENTS, 1);
    const before = await boundary();
    await change(service, CLIENTS, CHANGES - 1);
    await service.dataSource.query(edit(total, `sealed_at = '${new Date(before - 1).toISOString()}'`));
    await pruneBefore(before, service);
    expect(await count(service)).toBe(total);
  });

  it('that is killed leaves a chain that verifies, and is ended by the next one', async () => {
    await using database = await open();
    await using service = await startStandalone({ database, environment: ENVIRONMENT });
    await fill(service, CLIENTS, CHANGES);
    const before = new Date(await boundary()).toISOString();
    const script = `
      import 'reflect-metadata';
      import { NestFactory } from '@nestjs/core';
      import { RegistryModule } from './dist/standalone/registry.module.js';
      import { PruningStatements } from './dist/journal/retention/pruning.statements.js';
      const app = await NestFactory.createApplicationContext(RegistryModule, { logger: false });
      while ((await app.get(PruningStatements, { strict: false }).prune('${before}')).hasMore) console.log('pruned');
      // The test ends the process, however fast it prunes.
      setInterval(() => {}, 1000);`;
    const environment = { ...ENVIRONMENT, DATABASE_URL: database.url, PATH: process.env['PATH'] ?? '' };
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env: environment });
    const ended = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), ended]);
    child.kill('SIGKILL');
    expect((await ended)[1]).toBe('SIGKILL');
    const { fault, pruned, position } = await service.get(Audit).verify();
    expect([fault, position]).toEqual([undefined, total]);
    expect(pruned).toBeGreaterThan(0);
    await pruneBefore(Date.parse(before), service);
    expect(await service.get(Audit).verify()).toMatchObject({ position: total, pruned: total - CLIENTS });
    expect(await count(service)).toBe(CLIENTS);
  });
});
