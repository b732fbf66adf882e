import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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

/** The service refuses changes that would be lost with the file, and says that it is not ready. */
async function withoutFile(stage, lasts) {
  await sleep(lasts);
  const { status } = await fetch(`${stage.service.url}/health/ready`);
  if (status !== 503) stage.wrong.push(`/health/ready is ${status} without the file`);
}

function moved(lasts) {
  const url = temporaryDatabase();
  const file = fileOf(url);
  return rehearse(url, async (stage) => {
    renameSync(file, `${file}.away`);
    await withoutFile(stage, lasts);
    renameSync(`${file}.away`, file);
    await stage.end();
    await stage.again();
  });
}

/** What a link in `/proc` leads to; empty when it is gone meanwhile. */
function targetOf(link) {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

/** Copies a file that has no name any longer, and its log, from a process that has them open. */
function rescue(pid, file, copy) {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).map((name) => join(folder, name));
  const openAs = (target) => links.find((link) => targetOf(link) === target);
  copyFileSync(openAs(`${file} (deleted)`), copy);
  copyFileSync(openAs(`${file}-wal`), `${copy}-wal`);
}

/** What the removed file holds is there as long as the service runs: docs/operations/recovery.md has the commands. */
function removed(lasts) {
  const url = temporaryDatabase();
  const file = fileOf(url);
  return rehearse(url, async (stage) => {
    rmSync(file);
    await withoutFile(stage, lasts);
    rescue(stage.service.child.pid, file, `${file}.rescued`);
    await stage.end();
    for (const end of ['', '-wal']) renameSync(`${file}.rescued${end}`, `${file}${end}`);
    await stage.again();
  });
}

/** A copy of the file, made after the service has ended, takes the place of a damaged one. */
function damaged() {
  const url = temporaryDatabase();
  const file = fileOf(url);
  return rehearse(url, async (stage) => {
    await stage.end();
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.concat([whole.subarray(0, PAGE), Buffer.alloc(whole.length - PAGE, 0xff)]));
    await stage.refusesToStart(/malformed/);
    writeFileSync(file, whole);
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
    [`SQLite: file removed for ${lasts} ms, and rescued from the process`]: () => removed(lasts),
    'SQLite: file damaged before a start, and replaced by a copy': () => damaged(),
  };
}
