import { copyFileSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { temporaryDatabase } from '../support/service.mjs';
import { fill, remount, withDisk } from './disk.mjs';
import { ends } from './processes.mjs';
import { rehearse } from './rehearse.mjs';

const PAGE = 4096;

function fileOf(url) {
  return url.slice('sqlite:'.length);
}

/** Has callers ask a service whose file is on a small disk of its own. */
async function onDisk(happen) {
  const disk = mkdtempSync(join(tmpdir(), 'registry-disk-'));
  try {
    return await withDisk(disk, () =>
      rehearse(`sqlite:${join(disk, 'clients.sqlite')}`, (stage) => happen(disk, stage)),
    );
  } finally {
    rmSync(disk, { recursive: true });
  }
}

function diskFull(lasts) {
  return onDisk(async (disk) => {
    const filler = join(disk, 'filler');
    fill(filler);
    await sleep(lasts);
    rmSync(filler);
  });
}

/** A disk that nobody can write is noticed at the next start. */
function readOnly() {
  return onDisk(async (disk, stage) => {
    await stage.end();
    remount(disk, 'ro');
    await stage.refusesToStart(/cannot be opened/);
    remount(disk, 'rw');
    await stage.again();
  });
}

/** Another process holds the lock of all who write. */
function locked(lasts) {
  const url = temporaryDatabase();
  return rehearse(url, async () => {
    const other = new Database(fileOf(url));
    other.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    await sleep(lasts);
    other.exec('ROLLBACK');
    other.close();
  });
}

/** The service refuses changes that would be lost with the file. */
function moved(lasts) {
  const url = temporaryDatabase();
  const file = fileOf(url);
  return rehearse(url, async (stage) => {
    renameSync(file, `${file}.away`);
    await sleep(lasts);
    renameSync(`${file}.away`, file);
    await stage.end();
    await stage.again();
  });
}

/** A copy of the file, made after the service has ended, takes the place of a damaged one. */
function damaged() {
  const url = temporaryDatabase();
  const file = fileOf(url);
  return rehearse(url, async (stage) => {
    await stage.end();
    copyFileSync(file, `${file}.copy`);
    const { length } = readFileSync(file);
    writeSync(openSync(file, 'r+'), Buffer.alloc(length - PAGE, 0xff), 0, length - PAGE, PAGE);
    await stage.refusesToStart(/malformed/);
    copyFileSync(`${file}.copy`, file);
    await stage.again();
  });
}

/** What may happen to a SQLite file, and to a service on it. */
export function sqliteFaults({ long, kills, terms }) {
  const lasts = long ? 60_000 : 3000;
  return {
    [`SQLite: ${kills} times kill -9 of the service`]: () => rehearse(temporaryDatabase(), ends('SIGKILL', kills)),
    [`SQLite: ${terms} times SIGTERM to the service`]: () => rehearse(temporaryDatabase(), ends('SIGTERM', terms)),
    [`SQLite: disk full for ${lasts} ms`]: () => diskFull(lasts),
    'SQLite: disk read-only at a start': () => readOnly(),
    [`SQLite: locked by another process for ${lasts} ms`]: () => locked(lasts),
    [`SQLite: file moved away for ${lasts} ms, and a restart`]: () => moved(lasts),
    'SQLite: file damaged before a start, and replaced by a copy': () => damaged(),
  };
}
