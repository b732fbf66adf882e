import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import autocannon from 'autocannon';
import pg from 'pg';
import { generateSecret } from '../dist/secrets/secret-format.js';
import { startService } from '../test/support/service.mjs';
import { DATABASES } from './databases.mjs';
import { alternate, load } from './load.mjs';
import { BODY } from './scenarios.mjs';

/** Wrong keys that arrive in a second, and for how long. */
const WRONG_RATE = 1000;
const FLOOD_SECONDS = Number(process.env.FLOOD_SECONDS ?? 60);
/** Requests with the right key that arrive in a second meanwhile, by how many connections. */
const RIGHT = { overallRate: 200 };
const RIGHT_CONNECTIONS = 4;

const FIRST_KEY = `first-${randomBytes(24).toString('hex')}`;
const bearer = (key) => ({ authorization: `Bearer ${key}` });

async function json(url, request) {
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** One service that lets everybody in and one that wants a key, on the same database, and a client to get. */
async function start(url) {
  const shared = { DATABASE_URL: url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'error' };
  const open = await startService({ ...shared, ADMIN_AUTH: 'none' });
  const guarded = await startService({ ...shared, ADMIN_AUTH: 'api-key', ADMIN_API_KEY: FIRST_KEY });
  const { client_id: id } = await json(`${open.url}/admin/clients`, { method: 'POST', body: JSON.stringify(BODY) });
  const body = JSON.stringify({ name: 'bench', scopes: ['clients:read'] });
  const { key } = await json(`${guarded.url}/admin/keys`, { method: 'POST', body, headers: bearer(FIRST_KEY) });
  return { open, guarded, path: `/admin/clients/${id}`, key };
}

/** Bytes that a database takes. */
async function sizeOf(url) {
  if (url.startsWith('sqlite:')) return statSync(url.slice('sqlite:'.length)).size;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT pg_database_size(current_database()) AS size');
  await client.end();
  return Number(rows[0].size);
}

/** Sends wrong keys, half of them with a right checksum, and expects each to be refused. */
async function flood(url) {
  const wrong = Array.from({ length: 1000 }, (_, at) => {
    const key = generateSecret('oaak_');
    return at % 2 === 0 ? key : `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
  });
  let sent = 0;
  const setupRequest = (request) => {
    sent += 1;
    return { ...request, headers: { ...request.headers, ...bearer(wrong[sent % wrong.length]) } };
  };
  const { statusCodeStats, errors, requests } = await autocannon({
    url,
    connections: 16,
    overallRate: WRONG_RATE,
    duration: FLOOD_SECONDS,
    requests: [{ setupRequest }],
  });
  const statuses = Object.keys(statusCodeStats);
  if (errors > 0 || statuses.join() !== '401')
    throw new Error(`Wrong keys were answered ${statuses.join()}, ${errors} failed.`);
  return requests.total / FLOOD_SECONDS;
}

async function underWrongKeys(database, { guarded, path, key }) {
  const url = guarded.url + path;
  const right = (seconds) => load(url, { ...RIGHT, headers: bearer(key) }, { seconds, connections: RIGHT_CONNECTIONS });
  await right(2);
  const quiet = await right(15);
  const before = await sizeOf(database.url);
  const [rate, busy] = await Promise.all([flood(url), right(FLOOD_SECONDS)]);
  const after = await sizeOf(database.url);
  console.log(`\nright keys under ${rate.toFixed(0)} wrong ones a second for ${FLOOD_SECONDS} s, ${database.name}`);
  console.log(
    `  p99 ${busy.p99.toFixed(1)} ms, quiet ${quiet.p99.toFixed(1)} ms: ${(busy.p99 / quiet.p99).toFixed(2)} times; the database grew by ${after - before} bytes`,
  );
  return { rate, quiet, busy, before, after };
}

async function measure(database, { rounds, seconds, print }) {
  const services = await start(database.url);
  const { open, guarded, path, key } = services;
  const contestants = (time) => ({
    service: () => load(guarded.url + path, { headers: bearer(key) }, { seconds: time }),
    'ADMIN_AUTH=none': () => load(open.url + path, {}, { seconds: time }),
    'the first key': () => load(guarded.url + path, { headers: bearer(FIRST_KEY) }, { seconds: time }),
  });
  for (const warmUp of Object.values(contestants(1))) await warmUp();
  const get = await alternate(contestants(seconds), rounds);
  print(database.name, 'get with an API key', get);
  const results = { get, flood: await underWrongKeys(database, services) };
  await Promise.all([open.end('SIGTERM'), guarded.end('SIGTERM')]);
  return results;
}

/** Measures what a key costs a get, and what wrong keys cost those who have the right one. */
export async function access(options) {
  const all = {};
  for (const [name, begin] of Object.entries(DATABASES)) {
    if (options.database && options.database !== name) continue;
    const database = await begin();
    try {
      all[database.name] = await measure(database, options);
    } finally {
      await database.stop();
    }
  }
  return all;
}
