import { describe, expect, it } from '@jest/globals';
import libsql from 'libsql';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { startStandalone } from './support/app.js';
import { commandHere } from './support/command-here.js';
import { SQLITE, type TestDatabase } from './support/databases.js';
import { getClient, postClient, request } from './support/http.js';
import { eventually } from './support/eventually.js';
import { keptLog } from './support/log.js';
import { startProcess, type ServiceProcess } from './support/process.js';
import { use } from './support/use.js';

const PAGE = 4096;
const LOG_SIZE = 64 * 1024 * 1024;

function fileOf({ url }: TestDatabase): string {
  return url.slice('sqlite:'.length);
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

async function readiness({ url }: { url: string }): Promise<number> {
  return (await request(`${url}/health/ready`)).status;
}

/** Bounds how long the files of a process may grow, as a full disk does. */
function limitFiles(service: ServiceProcess, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${service.child.pid}`, `--fsize=${bytes}:unlimited`]);
}

/** Overwrites pages of a file, the first of which is number 1. */
function damage(file: string, firstPage: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(
    descriptor,
    Buffer.alloc(statSync(file).size - (firstPage - 1) * PAGE, 7),
    0,
    undefined,
    (firstPage - 1) * PAGE,
  );
  closeSync(descriptor);
}

/** A service for the tests that leave it as it was. */
const shared = use(async (keep) => {
  const database = await keep(SQLITE.open());
  return { database, service: await keep(startProcess({ DATABASE_URL: database.url })) };
});

describe('the file of a SQLite database', () => {
  it('is one file after a clean stop, which has everything, and which only its owner can read', async () => {
    await using database = await SQLITE.open();
    const folder = join(dirname(fileOf(database)), 'new', 'data');
    const file = join(folder, 'clients.sqlite');
    await using service = await startProcess({ DATABASE_URL: `sqlite:${file}` });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    expect([folder, file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual(['700', '600', '600', '600']);
    expect(await service.end('SIGTERM')).toBe(0);
    expect(readdirSync(folder)).toEqual(['clients.sqlite']);
    const copy = join(folder, 'copy.sqlite');
    copyFileSync(file, copy);
    await using again = await startStandalone({ database: { ...database, url: `sqlite:${copy}` } });
    expect((await getClient(again.url, 'x')).status).toBe(200);
  });

  it('is copied by the command backup while the service writes, with all that was acknowledged before', async () => {
    await using database = await SQLITE.open();
    await using service = await startProcess({ DATABASE_URL: database.url });
    const ids = Array.from({ length: 200 }, (_, number) => `client-${number}`);
    const create = async (id: string) => expect((await postClient(service.url, { client_id: id })).status).toBe(201);
    for (const id of ids.slice(0, 50)) await create(id);
    const later = Promise.all(ids.slice(50).map(create));
    const copy = `${fileOf(database)}.copy`;
    const backUp = (file: string) => commandHere(['backup', file], { environment: { DATABASE_URL: database.url } });
    expect(await backUp(copy)).toEqual({
      exitCode: 0,
      stdout: `Done: ${copy} is a copy of the database.\n`,
      stderr: '',
    });
    expect(modeOf(copy)).toBe('600');
    expect(await backUp(copy)).toMatchObject({ exitCode: 2, stderr: `${copy} exists already: name another file.\n` });
    await later;
    await using restored = await startStandalone({ database: { ...database, url: `sqlite:${copy}` } });
    for (const id of ids.slice(0, 50)) expect((await getClient(restored.url, id)).status).toBe(200);
  });

  it('has a log that is short again after a long reader', async () => {
    const { database, service } = shared;
    const log = `${fileOf(database)}-wal`;
    const reader = new libsql(fileOf(database));
    reader.exec('BEGIN; SELECT * FROM oauth2_client');
    const other = new libsql(fileOf(database), { timeout: 5000 });
    other.exec('CREATE TABLE other (bytes)');
    other.exec(`INSERT INTO other VALUES (zeroblob(${LOG_SIZE + 4 * 1024 * 1024}))`);
    expect(statSync(log).size).toBeGreaterThan(LOG_SIZE);
    reader.close();
    await eventually(async () => {
      expect((await postClient(service.url, {})).status).toBe(201);
      return statSync(log).size <= LOG_SIZE;
    });
    other.close();
  });
});

describe('a full disk', () => {
  it('does not end the thread that writes back the log', async () => {
    const { database, service } = shared;
    const other = new libsql(fileOf(database), { timeout: 5000 });
    other.pragma('wal_checkpoint(TRUNCATE)');
    const { size } = statSync(fileOf(database));
    limitFiles(service, size);
    other.exec('CREATE TABLE large (bytes)');
    other.exec(`INSERT INTO large VALUES (zeroblob(${200 * PAGE}))`);
    await eventually(() => service.output().includes('cannot be written back into the file, and grows: '));
    limitFiles(service, 'unlimited');
    await eventually(() => statSync(fileOf(database)).size > size + 100 * PAGE);
    other.close();
  });

  it('makes the service not ready until it has room again', async () => {
    const { service } = shared;
    expect(await readiness(service)).toBe(200);
    limitFiles(service, 1);
    expect(await readiness(service)).toBe(503);
    // The line of the log may come after the answer.
    await eventually(() => service.output().includes('Not ready: disk I/O error'));
    limitFiles(service, 'unlimited');
    expect(await readiness(service)).toBe(200);
  });
});

describe('a service on SQLite', () => {
  it('is ready while another process writes', async () => {
    const { database, service } = shared;
    const other = new libsql(fileOf(database));
    other.exec('BEGIN IMMEDIATE');
    expect(await readiness(service)).toBe(200);
    other.close();
  });

  it('leaves no trace of what it does to find out whether it is ready', async () => {
    const { database, service } = shared;
    const other = new libsql(fileOf(database));
    const state = () => other.prepare('SELECT name FROM sqlite_schema').all().length;
    const before = [state(), other.pragma('data_version')];
    expect(await readiness(service)).toBe(200);
    expect([state(), other.pragma('data_version')]).toEqual(before);
    other.close();
  });

  it.each([1, 2])('is not ready when its file is damaged from page %i on', async (page) => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database });
    expect((await postClient(service.url, {})).status).toBe(201);
    // Pages in the log would be read from there.
    await eventually(
      () =>
        new libsql(fileOf(database)).pragma('wal_checkpoint(TRUNCATE)') !== undefined &&
        statSync(`${fileOf(database)}-wal`).size === 0,
    );
    damage(fileOf(database), page);
    expect(await readiness(service)).toBe(503);
  });

  it.each([
    ['deleted', (file: string) => rmSync(file), 'Put it back before the service ends'],
    [
      'replaced',
      (file: string) => (copyFileSync(file, `${file}2`), renameSync(`${file}2`, file)),
      'restart the service',
    ],
    ['left without its log', (file: string) => rmSync(`${file}-wal`), 'restart the service'],
  ])('is not ready and refuses every change when its file was %s', async (_, change, advice) => {
    await using database = await SQLITE.open();
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, logger });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    change(fileOf(database));
    for (const answer of await Promise.all([
      postClient(service.url, { client_id: 'y' }),
      request(`${service.url}/admin/clients/x`, { method: 'PUT', body: { client_name: 'X' } }),
      request(`${service.url}/admin/clients/x`, { method: 'DELETE' }),
    ]))
      expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    expect(await readiness(service)).toBe(503);
    expect(text()).toContain(advice);
  });

  it('does not start without its file while the log of the file is there, and leaves the log as it is', async () => {
    await using database = await SQLITE.open();
    const file = fileOf(database);
    await using service = await startProcess({ DATABASE_URL: database.url });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    await service.end('SIGKILL');
    renameSync(file, `${file}.away`);
    const { size } = statSync(`${file}-wal`);
    await expect(startProcess({ DATABASE_URL: database.url })).rejects.toThrow('put the file back, or remove the log');
    expect([existsSync(file), statSync(`${file}-wal`).size]).toEqual([false, size]);
    renameSync(`${file}.away`, file);
    await using again = await startProcess({ DATABASE_URL: database.url });
    expect((await getClient(again.url, 'x')).status).toBe(200);
  });

  it('does not start on a file that it cannot write, and says so', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database });
    await service.close();
    chmodSync(fileOf(database), 0o444);
    // Root writes into any file, unless it gives up that capability.
    const unprivileged =
      process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override', '--inh-caps=-dac_override'] : ['env'];
    const [executable, ...args] = [...unprivileged, process.execPath, 'dist/service.js'];
    const { status, stderr } = spawnSync(executable, args, {
      env: { ...process.env, DATABASE_URL: database.url, ADMIN_PORT: '0', LOG_LEVEL: 'silent' },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([status, stderr]).toEqual([
      1,
      'The client registry did not start: The database that DATABASE_URL names cannot be used: the file is read-only; grant access.\n',
    ]);
  });
});
