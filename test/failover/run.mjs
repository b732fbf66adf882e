import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort, startService } from '../support/service.mjs';

// A failover of PostgreSQL under load: a primary with a synchronous standby, which is promoted after the primary has died. No
// acknowledged create or patch may be lost, callers may see nothing but 503 in the gap, and the service recovers by itself.
const WRITERS = 8;
const GAP = 1500;
const BEFORE = 2000;
const AFTER = 2000;
const PATIENCE = 30_000;

/** Where Debian's package has the programs, of which the tests' own server has only some. */
const DEBIAN = '/usr/lib/postgresql';
const [version] = existsSync(DEBIAN) ? readdirSync(DEBIAN).toReversed() : [];
assert(version, 'PostgreSQL with pg_basebackup is needed: install the package postgresql.');
const programs = join(DEBIAN, version, 'bin');
/** As root the server runs as Debian's user for it. */
const owner = process.getuid() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
const folder = mkdtempSync(join(tmpdir(), 'registry-failover-'));
if (owner.uid) chownSync(folder, owner.uid, owner.gid);

function idOf(flag) {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

function run(program, ...args) {
  execFileSync(join(programs, program), args, { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** One server in a folder of its own. */
class Server {
  constructor(name, port) {
    this.port = port;
    this.data = join(folder, name);
  }

  start() {
    const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder}`;
    run('pg_ctl', 'start', '-w', '-D', this.data, '-l', `${this.data}.log`, '-o', options);
  }

  /** Kills it, if it runs. */
  stop() {
    if (existsSync(join(this.data, 'postmaster.pid'))) run('pg_ctl', 'stop', '-w', '-m', 'immediate', '-D', this.data);
  }

  async query(text, database = 'postgres') {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, user: 'postgres', database });
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows;
  }
}

async function until(condition) {
  const end = Date.now() + PATIENCE;
  while (!(await condition().catch(() => false))) {
    assert(Date.now() < end, `not in time: ${condition}`);
    await sleep(50);
  }
}

const first = new Server('first', await freePort());
const second = new Server('second', await freePort());

/** Starts both servers; a commit on the first one waits for the second. */
async function startServers() {
  run('initdb', '-D', first.data, '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--no-sync');
  first.start();
  await first.query('CREATE DATABASE clients');
  const from = `host=127.0.0.1 port=${first.port} user=postgres application_name=standby`;
  run('pg_basebackup', '-D', second.data, '-R', '-X', 'stream', '-c', 'fast', '-d', from);
  second.start();
  await first.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
  await first.query('SELECT pg_reload_conf()');
  await until(async () => (await first.query('SELECT sync_state FROM pg_stat_replication'))[0]?.sync_state === 'sync');
}

/** Creates clients and patches one, again and again, until it is told to stop. */
async function write(url, writer, record, isOver) {
  const send = async (path, method, body) => {
    try {
      const response = await fetch(`${url}/admin/clients${path}`, { body: JSON.stringify(body), method: `${method}` });
      await response.arrayBuffer();
      return `${response.status} ${response.headers.get('retry-after')}`;
    } catch (error) {
      return `no answer: ${error.cause?.code}`;
    }
  };
  for (let turn = 0; !isOver(); turn += 1) {
    const name = `w${writer}t${turn}`;
    const created = await send('', 'POST', { client_id: name });
    if (created.startsWith('201')) record.clients.push(name);
    else record.others.add(`POST ${created}`);
    const patched = await send('/shared', 'PATCH', [{ op: 'add', path: `/metadata/${name}`, value: 1 }]);
    if (patched.startsWith('200')) record.members.push(name);
    else record.others.add(`PATCH ${patched}`);
    // The document of the shared client has a largest size.
    await sleep(50);
  }
}

async function rehearse() {
  await startServers();
  const hosts = `127.0.0.1:${first.port},127.0.0.1:${second.port}`;
  const service = await startService({
    DATABASE_URL: `postgres://postgres@${hosts}/clients?target_session_attrs=read-write`,
    DATABASE_MIGRATE: 'true',
    LOG_LEVEL: 'silent',
  });
  try {
    const { url } = service;
    await fetch(`${url}/admin/clients`, { method: 'POST', body: '{"client_id":"shared"}' });
    const record = { clients: [], members: [], others: new Set() };
    let isOver = false;
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(url, writer, record, () => isOver));
    await sleep(BEFORE);
    const before = record.clients.length;
    first.stop();
    await sleep(GAP);
    const inTheGap = record.clients.length;
    run('pg_ctl', 'promote', '-w', '-D', second.data);
    await until(async () => record.clients.length > inTheGap);
    await sleep(AFTER);
    isOver = true;
    await Promise.all(writers);

    assert(before > 0 && record.members.length > 0, 'nothing was acknowledged before the failover');
    assert.deepEqual(record.others, new Set(['POST 503 1', 'PATCH 503 1']));
    const rows = await second.query('SELECT id, document FROM oauth2_client', 'clients');
    const ids = new Set(rows.map(({ id }) => id));
    assert.deepEqual(
      record.clients.filter((id) => !ids.has(id)),
      [],
      'acknowledged creates are lost',
    );
    const { metadata } = JSON.parse(rows.find(({ id }) => id === 'shared').document);
    assert.deepEqual(
      record.members.filter((name) => !(name in metadata)),
      [],
      'acknowledged patches are lost',
    );
    assert.equal((await fetch(`${url}/health/ready`)).status, 200);
    assert.equal(service.child.exitCode, null);
    const { length: clients } = record.clients;
    console.log(
      `Failover: ${clients} creates and ${record.members.length} patches acknowledged, none lost; else only 503.`,
    );
  } finally {
    await service.end('SIGTERM');
  }
}

try {
  await rehearse();
} finally {
  for (const server of [first, second]) server.stop();
  rmSync(folder, { recursive: true, force: true });
}
