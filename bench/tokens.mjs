import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { link } from '../examples/prepare.mjs';
import { onEach } from './databases.mjs';
import { alternate, load, startBaseline } from './load.mjs';

const CLIENTS = 300;
const CONNECTIONS = [16, 64];
const CLIENT = { grant_types: ['client_credentials'], response_types: [], scope: 'read write' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Registers clients, and returns their identifiers and secrets. */
async function register(admin) {
  const clients = [];
  for (let made = 0; made < CLIENTS; made += 1) {
    const response = await fetch(`${admin}/admin/clients`, { method: 'POST', body: JSON.stringify(CLIENT) });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const { client_id, client_secret } = await response.json();
    clients.push({ client_id, client_secret });
  }
  return clients;
}

/** Asks for a token as any of the clients with each request. */
function ask(url, headers, { seconds, connections }) {
  const any = (sent) => ({ ...sent, headers: headers[Math.floor(Math.random() * headers.length)] });
  const requests = [
    { method: 'POST', path: '/token', body: 'grant_type=client_credentials&scope=read', setupRequest: any },
  ];
  return load(url, { requests }, { seconds, connections, expected: 200 });
}

async function measure(database, folder, { rounds, seconds, print }) {
  const environment = { DATABASE_URL: database.url, EXAMPLE: pathToFileURL(join(folder, 'dist/')).href };
  const example = await startBaseline('token-server.mjs', environment);
  const clients = await register(`${example.url}/registry`);
  const memory = await startBaseline('token-server.mjs', { ...environment, CLIENTS: JSON.stringify(clients) });
  const headers = clients.map(({ client_id: id, client_secret: secret }) => ({
    ...FORM,
    authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}`,
  }));
  const results = {};
  for (const connections of CONNECTIONS) {
    const contestants = (time) => ({
      service: () => ask(example.url, headers, { seconds: time, connections }),
      'clients in memory': () => ask(memory.url, headers, { seconds: time, connections }),
    });
    for (const warmUp of Object.values(contestants(2))) await warmUp();
    const name = `tokens of ${CLIENTS} clients by ${connections}`;
    results[name] = await alternate(contestants(seconds), rounds);
    print(database.name, name, results[name]);
  }
  await Promise.all([example.end(), memory.end()]);
  return results;
}

/**
 * Measures how fast the example of an authorization server gives tokens, beside the same provider whose clients are in memory. Both keep tokens in
 * the same database.
 */
export async function tokens(options) {
  const folder = mkdtempSync(join(tmpdir(), 'registry-bench-example-'));
  try {
    await link('authorization-server', folder);
    return await onEach(options, (database) => measure(database, folder, options));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
