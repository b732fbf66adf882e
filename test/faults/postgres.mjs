import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresServers } from '../support/postgres-server.mjs';
import { fill, withDisk } from './disk.mjs';
import { cuts, ends } from './processes.mjs';
import { rehearse } from './rehearse.mjs';

/** So that a fault of seconds shows what one of minutes does. */
const SHORT_WAITS = { environment: { DATABASE_CONNECT_TIMEOUT: '1000', DATABASE_STATEMENT_TIMEOUT: '2000' } };
/** Has callers ask a service whose database is a server of its own. */
async function onServer(happen) {
  const servers = new PostgresServers();
  try {
    const server = await servers.add('first');
    server.start();
    return await rehearse(server.url(), (stage) => happen(server, stage), SHORT_WAITS);
  } finally {
    servers.remove();
  }
}

function stops(mode, lasts) {
  return onServer(async (server) => {
    server.stop(mode);
    await sleep(lasts);
    server.start();
  });
}

function freezes(lasts) {
  return onServer(async (server) => {
    server.signal('SIGSTOP');
    await sleep(lasts);
    server.signal('SIGCONT');
  });
}

async function diskFull(lasts) {
  const servers = new PostgresServers();
  const disk = join(servers.folder, 'disk');
  try {
    return await withDisk(disk, async () => {
      const filler = join(disk, 'filler');
      servers.give(disk);
      const server = await servers.add('disk/first');
      server.start();
      const happen = async () => {
        fill(filler);
        await sleep(lasts);
        rmSync(filler);
        // It ends itself when it cannot write its log.
        server.stop('immediate');
        server.start();
      };
      const seen = await rehearse(server.url(), happen, SHORT_WAITS);
      server.stop('immediate');
      return seen;
    });
  } finally {
    servers.remove();
  }
}

/** A synchronous standby takes over from a primary that is killed. */
async function failover(lasts) {
  const servers = new PostgresServers();
  try {
    const first = await servers.add('first');
    const second = await servers.add('second', false);
    first.start();
    const from = `host=127.0.0.1 port=${first.port} user=postgres application_name=standby`;
    servers.run('pg_basebackup', '-D', second.data, '-R', '-X', 'stream', '-c', 'fast', '-d', from);
    second.start();
    await first.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await first.query('SELECT pg_reload_conf()');
    while ((await first.query('SELECT sync_state FROM pg_stat_replication'))[0]?.sync_state !== 'sync') await sleep(50);
    const hosts = `127.0.0.1:${first.port},127.0.0.1:${second.port}`;
    const url = `postgres://postgres@${hosts}/postgres?target_session_attrs=read-write`;
    const happen = async () => {
      first.stop('immediate');
      await sleep(lasts);
      servers.run('pg_ctl', 'promote', '-w', '-D', second.data);
    };
    return await rehearse(url, happen, SHORT_WAITS);
  } finally {
    servers.remove();
  }
}

/** What may happen to PostgreSQL, and to a service on it. */
export function postgresFaults({ long, kills, terms }) {
  const lasts = long ? 60_000 : 3000;
  return {
    [`PostgreSQL: ${kills} times kill -9 of the service`]: () => onServer((_, stage) => ends('SIGKILL', kills)(stage)),
    [`PostgreSQL: ${terms} times SIGTERM to the service`]: () => onServer((_, stage) => ends('SIGTERM', terms)(stage)),
    [`PostgreSQL: stopped (fast) for ${lasts} ms`]: () => stops('fast', lasts),
    [`PostgreSQL: stopped (immediate) for ${lasts} ms`]: () => stops('immediate', lasts),
    [`PostgreSQL: frozen for ${lasts} ms`]: () => freezes(lasts),
    [`PostgreSQL: all connections cut ${kills} times`]: () => onServer((server) => cuts(server, kills)),
    [`PostgreSQL: disk full for ${lasts} ms`]: () => diskFull(lasts),
    [`PostgreSQL: fails over to a standby after ${lasts} ms`]: () => failover(lasts),
  };
}
