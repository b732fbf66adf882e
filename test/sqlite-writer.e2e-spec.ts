import 'reflect-metadata';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import libsql from 'libsql';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { openDatabase } from '../src/database/dialects.js';
import type { PreparedDatabase, Query } from '../src/database/sql/prepared-database.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { postClient, request } from './support/http.js';
import { startProcess } from './support/process.js';

const CHANGES = 40;
const TROUBLE = { status: 503, code: 'temporarily_unavailable' };

/** How often the writer has tried to begin a transaction. */
let begins = 0;

/** Statements that fail the next time, as on a disk that does not answer. */
const failing = new Set<string>();

class FaultyDriver extends libsql {
  override exec(text: string): this {
    if (text.startsWith('BEGIN')) begins += 1;
    if (failing.delete(text)) throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
    return super.exec(text);
  }
}

interface Opened extends AsyncDisposable {
  database: PreparedDatabase;
  file: string;
  /** Another connection, as another process would have it. */
  other: libsql.Database;
  /** What is in the table `note`. */
  notes: () => Promise<string[]>;
}

/** A database with the table `note`, whose text cannot be null. */
async function open(): Promise<Opened> {
  const { url, drop } = await SQLITE.open();
  const options = { ...dataSourceOptions(url, true), driver: FaultyDriver } as ConstructorParameters<
    typeof DataSource
  >[0];
  const dataSource = await new DataSource(options).initialize();
  await dataSource.query('CREATE TABLE note (id integer PRIMARY KEY, text varchar NOT NULL, rest blob)');
  const database = openDatabase(dataSource);
  const file = url.slice('sqlite:'.length);
  const other = new libsql(file);
  const all: Query = { text: 'SELECT text FROM note ORDER BY id', values: [] };
  return {
    database,
    file,
    other,
    notes: async () => (await database.rows<{ text: string }>(all)).map(({ text }) => text),
    [Symbol.asyncDispose]: async () => {
      other.close();
      await database.onApplicationShutdown();
      await dataSource.destroy();
      await drop();
    },
  };
}

const note = (text: string | null, bytes = 0): Query => ({
  text: 'INSERT INTO note (text, rest) VALUES (?1, zeroblob(?2))',
  values: [text, bytes],
});
const never: Query = { text: 'DELETE FROM note WHERE text = ?1', values: ['never'] };

/** Number of transactions in the log: only the last frame of one has the size of the file (sqlite.org/fileformat, 4.1). */
function commitsIn(file: string): number {
  const log = readFileSync(`${file}-wal`);
  const frame = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frame <= log.length; at += frame) if (log.readUInt32BE(at + 4) > 0) commits += 1;
  return commits;
}

/** From now on a group of changes ends by their number alone: no time passes. */
function stopGroupTime(): void {
  jest.spyOn(performance, 'now').mockReturnValue(0);
}

describe('changes that wait together on SQLite', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('share few transactions, are all written, in their order, and know whether they were', async () => {
    await using opened = await open();
    stopGroupTime();
    const before = commitsIn(opened.file);
    const written = await Promise.all(
      Array.from({ length: CHANGES }, (_, at) => opened.database.change(at % 2 ? [never, note('x')] : [note(`${at}`)])),
    );
    expect(written).toEqual(Array.from({ length: CHANGES }, (_, at) => at % 2 === 0));
    expect(await opened.notes()).toEqual(Array.from({ length: CHANGES / 2 }, (_, at) => `${at * 2}`));
    expect(commitsIn(opened.file) - before).toBeLessThan(CHANGES / 4);
  });

  it('fail alone: a change that cannot be written leaves nothing behind, and the others stay', async () => {
    await using opened = await open();
    const changes = [[note('a')], [note('b'), note(null)], [note('c')]] as const;
    const [first, second, third] = await Promise.allSettled(changes.map((queries) => opened.database.change(queries)));
    expect([first, third]).toEqual([first, third].map(() => ({ status: 'fulfilled', value: true })));
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_CONSTRAINT_NOTNULL' } });
    expect(await opened.notes()).toEqual(['a', 'c']);
  });

  it('are all refused, and none is half there, when the disk is full before their commit', async () => {
    await using opened = await open();
    stopGroupTime();
    const limit = (pages: number): Query => ({ text: `PRAGMA max_page_count = ${pages}`, values: [] });
    // A page is 4 KiB: the third change does not fit, and SQLite ends the whole transaction.
    const changes = [[limit(40)], [note('a')], [note('b'), note('c', 400_000)], [note('d')], [note('e')]] as const;
    const settled = await Promise.allSettled(changes.map((queries) => opened.database.change(queries)));
    const refused = { status: 'rejected', reason: TROUBLE };
    const written = { status: 'fulfilled', value: true };
    // The last two begin anew, in a transaction that is committed.
    expect(settled).toMatchObject([refused, refused, refused, written, written]);
    expect(await opened.notes()).toEqual(['d', 'e']);
    await opened.database.change([limit(4_000_000)]);
    expect(await opened.database.change([note('f')])).toBe(true);
    expect(await opened.notes()).toEqual(['d', 'e', 'f']);
  });

  it('are refused when they can be neither committed nor rolled back, and the next ones are written', async () => {
    await using opened = await open();
    stopGroupTime();
    failing.add('COMMIT').add('ROLLBACK');
    const settled = await Promise.allSettled(['a', 'b'].map((text) => opened.database.change([note(text)])));
    expect(settled).toMatchObject(settled.map(() => ({ status: 'rejected', reason: TROUBLE })));
    expect(await opened.database.change([note('c')])).toBe(true);
    failing.add('ROLLBACK');
    const giveUp = () => Promise.reject(new Error('given up'));
    await expect(opened.database.exclusively(never, giveUp)).rejects.toThrow('given up');
    expect(await opened.database.change([note('d')])).toBe(true);
    expect([failing.size, await opened.notes()]).toEqual([0, ['c', 'd']]);
  });

  it('are all refused, and none is half there, when the disk is full at their commit', async () => {
    await using database = await SQLITE.open();
    await using service = await startProcess({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    const limit = (bytes: number | 'unlimited') =>
      execFileSync('prlimit', [`--pid=${service.child.pid}`, `--fsize=${bytes}:unlimited`]);
    const create = async (id: string) => ({ id, answer: await postClient(service.url, { client_id: id }) });
    const first = await create('first');
    expect(first.answer.status).toBe(201);
    const { size } = statSync(`${database.url.slice('sqlite:'.length)}-wal`);
    limit(size + 150_000);
    const created = await Promise.all(Array.from({ length: CHANGES }, (_, at) => create(`c${at}`)));
    const idsOf = (all: typeof created) => all.map(({ id }) => id).toSorted();
    const refused = created.filter(({ answer }) => answer.status !== 201);
    const accepted = created.filter(({ answer }) => answer.status === 201);
    expect([refused.length, accepted.length].every((count) => count > 0)).toBe(true);
    for (const { answer } of refused)
      expect(answer).toMatchObject({ status: 503, body: { error: TROUBLE.code }, headers: { 'retry-after': '1' } });
    limit('unlimited');
    const [again] = refused;
    expect((await create(String(again?.id))).answer.status).toBe(201);
    const { text } = await request(`${service.url}/admin/clients?page_size=500&fields=client_id`);
    const found = (JSON.parse(text) as { client_id: string }[]).map((client) => client.client_id);
    expect(found).toEqual(idsOf([first, ...accepted, ...refused.slice(0, 1)]));
    expect(service.child.exitCode).toBeNull();
  });
});

describe('a transaction of the host on SQLite', () => {
  it('writes nothing more after a full disk has ended it', async () => {
    await using opened = await open();
    const runner = opened.database.dataSource.createQueryRunner();
    await runner.query('PRAGMA max_page_count = 40');
    await runner.startTransaction();
    const within = opened.database.within(runner.manager);
    expect(await within.change([note('a')])).toBe(true);
    await expect(within.change([note('b', 400_000)])).rejects.toThrow('database or disk is full');
    await expect(within.change([note('c')])).rejects.toThrow('SQLite has already rolled back this transaction.');
    await expect(runner.rollbackTransaction()).rejects.toThrow('no transaction is active');
    expect(await opened.notes()).toEqual([]);
  });
});

describe('changes that wait for another process on SQLite', () => {
  it('are in one queue whose head alone looks whether the file is free, and are then written in their order', async () => {
    await using opened = await open();
    opened.other.exec('BEGIN IMMEDIATE');
    begins = 0;
    const waiting = Array.from({ length: 500 }, (_, at) => opened.database.change([note(`${at}`)]));
    await eventually(() => begins > 1);
    expect(begins).toBeLessThan(waiting.length);
    opened.other.exec('ROLLBACK');
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
    expect(await opened.notes()).toEqual(waiting.map((_, at) => `${at}`));
  });

  it('are refused at once when too many already wait', async () => {
    await using opened = await open();
    opened.other.exec('BEGIN IMMEDIATE');
    const waiting = Array.from({ length: 10_000 }, () => opened.database.change([never]));
    await expect(opened.database.change([note('x')])).rejects.toMatchObject(TROUBLE);
    opened.other.exec('ROLLBACK');
    await Promise.all(waiting);
    expect(await opened.database.change([note('y')])).toBe(true);
    expect(await opened.notes()).toEqual(['y']);
  });
});

describe('a closed database on SQLite', () => {
  it('refuses reads and changes, and can be closed again', async () => {
    await using opened = await open();
    const last = opened.database.change([note('last')]);
    await opened.database.onApplicationShutdown();
    expect(await last).toBe(true);
    await expect(opened.database.change([note('x')])).rejects.toMatchObject(TROUBLE);
    await expect(opened.notes()).rejects.toMatchObject(TROUBLE);
  });
});
