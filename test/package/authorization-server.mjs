import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepare } from '../../examples/prepare.mjs';
import { check } from './checks.mjs';
import { temporaryFolder } from './workspace.mjs';

const DEADLINE = 30_000;
const CLIENT = { client_id: 'a', grant_types: ['client_credentials'], response_types: [], scope: 'read' };

/** Starts the example in `folder` in a process of its own, and waits until it says where it is. */
async function openServer(folder, url) {
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    env: { PATH: process.env.PATH, DATABASE_URL: url },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit');
  const deadline = Date.now() + DEADLINE;
  while (!output.includes('Clients: ')) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The authorization server did not open: ${output}`);
    }
    await sleep(25);
  }
  const place = (name) => new RegExp(`^${name}: (.+)$`, 'm').exec(output)[1];
  const end = async () => {
    child.kill('SIGTERM');
    return (await exited)[0];
  };
  return { issuer: place('Issuer'), clients: place('Clients'), end };
}

/**
 * The example of an authorization server, with the registry from its tarball.
 *
 * @param tarball of the registry
 * @param database URL of an empty database on a PostgreSQL server
 */
export async function checkAuthorizationServer(tarball, database) {
  const folder = temporaryFolder('authorization-server');
  await prepare('authorization-server', folder, tarball);
  for (const [about, url] of [
    ['the authorization server on SQLite', 'sqlite:clients.sqlite'],
    ['the authorization server on PostgreSQL', database],
  ]) {
    const { issuer, clients, end } = await openServer(folder, url);
    let code;
    try {
      const made = await (await fetch(clients, { method: 'POST', body: JSON.stringify(CLIENT) })).json();
      const authorization = `Basic ${Buffer.from(`a:${made.client_secret}`).toString('base64')}`;
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'read' });
      const answer = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body });
      const token = await answer.json();
      check(`${about}: gives a token`, answer.status === 200 && token.expires_in === 3600, token);
    } finally {
      code = await end();
    }
    check(`${about}: SIGTERM ends it in peace`, code === 0, String(code));
  }
}
