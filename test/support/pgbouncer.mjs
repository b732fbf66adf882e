import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './service.mjs';

/** Does somebody listen there? */
async function isListening(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/**
 * Starts PgBouncer in transaction mode before a server. It gives every transaction another of a few sessions, in turn.
 *
 * @param {string} serverUrl URL of the server, without the name of a database
 * @param {{ settings?: Record<string, string> }} options more settings of PgBouncer
 * @returns its URL without the name of a database, and `stop()`
 */
export async function startPgbouncer(serverUrl, { settings = {} } = {}) {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'registry-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: 'transaction',
    default_pool_size: 5,
    server_round_robin: 1,
    max_client_conn: 1000,
    ...settings,
  };
  const server = `* = host=${hostname} port=${serverPort} user=${username} password=${password}`;
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(file, ['[databases]', server, '[pgbouncer]', ...lines, ''].join('\n'));
  chmodSync(folder, 0o755);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const child = spawn('pgbouncer', ['-q', ...user, file], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error('PgBouncer did not start.');
    await sleep(25);
  }
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${port}/`,
    stop: async () => {
      process.off('exit', kill);
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
