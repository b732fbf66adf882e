import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY_VARIABLES } from './full-key.mjs';

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The arguments that `npm start` gives to Node. */
export const START = /exec node (.+)$/.exec(scripts.start)[1].split(' ');

/** Ports below those that operating systems give to connections and to servers that ask for any: nobody takes one before its server has it. */
const [LOWEST_PORT, PORTS] = [20_000, 12_000];

/** A free port of the loopback address. */
export async function freePort() {
  for (;;) {
    const server = createServer().listen(LOWEST_PORT + randomInt(PORTS), '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** What this process still has to end or remove when it ends. One listener does it all: Node warns of many. */
const leftovers = new Set();

process.on('exit', () => {
  for (const end of leftovers) end();
});

/** A SQLite file in a folder of its own, which goes when the process ends. */
export function temporaryDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  leftovers.add(() => rmSync(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, 'clients.sqlite')}`;
}

/**
 * Starts the built service in a process of its own and waits until it is ready.
 *
 * @param {Record<string, string>} environment variables; without a number in ADMIN_PORT beside a free port
 * @param {string} folder that it was built in
 * @param {(port: number) => string[]} script another file with its arguments, for the port that it must listen on
 * @param {'pipe' | number} stdout where its standard output goes: `pipe` to what is returned, else to an open file
 * @returns its URL, its process, its output so far, and `end(signal)`, which returns the exit code
 */
export async function startService(environment, folder = '.', script = () => START, stdout = 'pipe') {
  const port = Number(environment.ADMIN_PORT) || (await freePort());
  const env = { PATH: process.env.PATH, ADMIN_PORT: String(port), LOG_LEVEL: 'warn', ...KEY_VARIABLES, ...environment };
  const child = spawn(process.execPath, script(port), { env, cwd: folder, stdio: ['pipe', stdout, 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  leftovers.add(kill);
  child.once('exit', () => leftovers.delete(kill));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  // With all of its output.
  const exited = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  const end = async (signal) => {
    child.kill(signal);
    return (await exited)[0];
  };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The service did not start: ${output}`);
    const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (ready?.ok) return { url, child, output: () => output, end };
    await sleep(25);
  }
}
