import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { ClientsService } from '../src/index.js';
import { Audit } from '../src/journal/chain/audit.js';
import { sealOf, type PlacedChange } from '../src/journal/chain/seal.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { command } from './support/command.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { afterwards, copy, edit, remove, shift, swap } from './support/tampering.js';
import { useService } from './support/use.js';

const CHANGES = 8;
const AUDIT_KEY = 'a key of the seals for the tests only';

/** Makes changes of two clients, and seals them. */
async function fill(service: RunningApp): Promise<void> {
  const clients = service.get(ClientsService);
  for (const id of ['one', 'two']) {
    await clients.create({ client_id: id, metadata: { digits: 1 } });
    for (const name of ['a', 'b', 'c']) await clients.patch(id, { client_name: name }, 'application/merge-patch+json');
  }
  await service.get(Sealer).seal();
}

const head = (set: string) => `UPDATE oauth2_client_journal_head SET ${set}`;
const sealAt = (position: number) => `(SELECT seal FROM oauth2_client_change WHERE position = ${position})`;

describe.each(DATABASES)('the chain of the journal, on $database', ({ isPostgres, open }) => {
  const service = useService(startStandalone, open, { environment: { AUDIT_KEY } });
  const verify = (noted?: string) => service.get(Audit).verify(noted);

  beforeAll(() => fill(service));

  it('holds every change, and is sound', async () => {
    expect(await verify()).toEqual({ position: CHANGES, seal: expect.stringMatching(/^[\da-f]{64}$/), pruned: 0 });
    expect(await verify((await verify()).seal)).toEqual(await verify());
  });

  it.each<[string, string[], RegExp]>([
    [
      'an edited document',
      [edit(3, `document = '{"client_id":"one"}'`)],
      /^The seal at position 3 \(version 3 of "one"\)/,
    ],
    [
      'an edited actor',
      [edit(5, `actor = '{"type":"jwt","id":"mallory"}'`)],
      /^The seal at position 5 \(version 1 of "two"\)/,
    ],
    ['another owner', [edit(8, `owner = 'x'`)], /^The seal at position 8 /],
    [
      'another time',
      [edit(1, `at = '2020-01-01T00:00:00.000Z'`)],
      /^The seal at position 1 .*, or AUDIT_KEY is not the key/,
    ],
    ['a removed change', [remove('position = 3')], /^Position 3 is missing: the change was removed\.$/],
    ['the first change removed', [remove('position = 1')], /^Position 1 is missing/],
    ['an inserted change', [...shift(4), copy(3, 4)], /^The seal at position 4 .* edited, inserted or moved/],
    ['a change inserted behind the end', [copy(8, 9)], /^The seal at position 9 /],
    ['two changes in another order', swap(4, 5), /^The seal at position 4 \(version 1 of "two"\)/],
    ['the end cut off', [remove('position > 6')], /^The journal ends at position 6, and its head says 8/],
    ['another seal at its head', [head(`seal = 'x'`)], /^The seal at position 8 is not the one that the head/],
    ['a change behind its head', [head('position = 7'), head(`seal = ${sealAt(7)}`)], /^Position 8 is behind the head/],
  ])('names %s', async (_, statements, fault) => {
    const verdict = await afterwards(service, statements, verify);
    expect(verdict.fault).toMatch(fault);
    expect(verdict.fault).toContain(`${verdict.position + (/ends at|the head/.test(verdict.fault ?? '') ? 0 : 1)}`);
    expect((await verify()).fault).toBeUndefined();
  });

  it('that was cut off with its head is found by a seal that was noted elsewhere', async () => {
    const { seal: noted } = await verify();
    const cut = [remove('position > 6'), head(`position = 6, seal = ${sealAt(6)}`)];
    expect((await afterwards(service, cut, () => verify())).fault).toBeUndefined();
    expect((await afterwards(service, cut, () => verify(noted))).fault).toMatch(
      new RegExp(`^No change has the seal ${noted}`),
    );
  });

  it('cannot be written anew without the key', async () => {
    const [row] = await service.dataSource.query<PlacedChange[]>(
      `SELECT seq, id, client_id AS "clientId", tag, version, owner, at, kinds, document, secrets, actor, members, position, sealed_at AS "sealedAt" FROM oauth2_client_change WHERE position = 1`,
    );
    const edited = { ...(row as PlacedChange), owner: 'mallory' };
    const written = [edit(1, `owner = 'mallory', seal = '${sealOf('', edited, '')}'`)];
    expect((await afterwards(service, written, () => verify())).fault).toMatch(/^The seal at position 1/);
  });

  // Once: what a command does does not depend on the database.
  if (!isPostgres)
    it('is verified and exported by the command line, which says what is wrong', async () => {
      const run = (...args: string[]) =>
        command(['audit', ...args], { environment: { DATABASE_URL: service.database.url, AUDIT_KEY } });
      const { seal } = await verify();
      const [sound, exported, wrong] = await Promise.all([
        run('verify', '--head', seal),
        run('export', '--after', '2'),
        run('verify', '--head', 'x'),
      ]);
      expect(sound).toEqual({ exitCode: 0, stdout: `Sound: ${CHANGES} changes; the head is ${seal}.\n`, stderr: '' });
      const lines = exported.stdout.trimEnd().split('\n');
      const changes = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(changes.map(({ position }) => position)).toEqual([3, 4, 5, 6, 7, 8]);
      const last = { client_id: 'two', version: 4, kinds: ['client.updated'], members: ['client_name'], seal };
      expect(changes.at(-1)).toMatchObject(last);
      expect(lines[0]).toContain('"client":{"client_id":"one"');
      expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('64 digits from 0 to f') });
      const bad = await afterwards(service, [edit(3, `owner = 'x'`)], () => run('verify'));
      expect(bad).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^The seal at position 3/) });
    });
});

it('a change by the command line is kept with the user of the operating system', async () => {
  await using database = await SQLITE.open();
  const environment = { DATABASE_URL: database.url };
  for (const args of [
    ['create', '--id', 'typed'],
    ['rotate', 'typed'],
    ['delete', 'typed'],
  ])
    expect((await command(args, { environment })).exitCode).toBe(0);
  const { stdout } = await command(['audit', 'export'], { environment });
  const actors = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { actor: object }).actor);
  const { username } = userInfo();
  const typist = { type: 'cli', id: username, name: username };
  expect(actors).toEqual([typist, typist, typist]);
});

describe.each(DATABASES)('the sealer, on $database', ({ open }) => {
  const service = useService(startStandalone, open);

  it('seals soon after the commit, with SHA-256 where there is no key', async () => {
    await service.get(ClientsService).create({ client_id: 'soon' });
    const sealed = () =>
      service.dataSource.query<(PlacedChange & { seal: string })[]>(
        `SELECT seq, id, client_id AS "clientId", tag, version, owner, at, kinds, document, secrets, actor, members, position, sealed_at AS "sealedAt", seal FROM oauth2_client_change WHERE position = 1`,
      );
    await eventually(async () => (await sealed()).length === 1);
    const [row] = await sealed();
    if (!row) throw new Error('It was sealed a moment ago.');
    const {
      position,
      seq,
      id,
      clientId,
      tag,
      version,
      owner,
      at: made,
      sealedAt,
      kinds,
      secrets,
      actor,
      members,
      document,
    } = row;
    const values = [
      position,
      seq,
      id,
      clientId,
      tag,
      version,
      owner,
      made,
      sealedAt,
      kinds,
      secrets,
      actor,
      members,
      document,
    ];
    const canonical = JSON.stringify(values.map(String));
    expect(row.seal).toBe(createHash('sha256').update(`\n${canonical}`).digest('hex'));
  });

  it('gives each change one place, in the order of each client, however many processes seal at once', async () => {
    await using other = await startStandalone({ database: service.database });
    const both = [service, other];
    const clients = Array.from({ length: 6 }, async (_, of) => {
      for (let change = 0; change < 12; change += 1) {
        const writer = (both[(of + change) % 2] as RunningApp).get(ClientsService);
        if (change === 0) await writer.create({ client_id: `c${of}` });
        else await writer.patch(`c${of}`, { client_name: `n${change}` }, 'application/merge-patch+json');
        await Promise.all(both.map((one) => one.get(Sealer).seal()));
      }
    });
    await Promise.all(clients);
    const rows = await service.dataSource.query<{ id: string; version: number; position: number | string }[]>(
      'SELECT client_id AS id, version, position FROM oauth2_client_change ORDER BY position',
    );
    expect(rows.map(({ position }) => Number(position))).toEqual(Array.from({ length: 1 + 6 * 12 }, (_, of) => of + 1));
    for (let of = 0; of < 6; of += 1)
      expect(rows.filter(({ id }) => id === `c${of}`).map(({ version }) => version)).toEqual(
        Array.from({ length: 12 }, (_, version) => version + 1),
      );
    expect((await other.get(Audit).verify()).fault).toBeUndefined();
  });

  it('seals more than one batch', async () => {
    const clients = service.get(ClientsService);
    await Promise.all(Array.from({ length: 230 }, (_, of) => clients.create({ client_id: `many${of}` })));
    await service.get(Sealer).seal();
    const { position, fault } = await service.get(Audit).verify();
    expect([position, fault]).toEqual([1 + 72 + 230, undefined]);
  });
});
