import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { generateSecret } from '../dist/secrets/generated/secret-format.js';
import { startService } from '../test/support/service.mjs';
import { onEach } from './databases.mjs';
import { alternate, load } from './load.mjs';
import { paced } from './paced.mjs';
import { BODY } from './scenarios.mjs';

/** Wrong keys that arrive in a second, for a minute in several rounds: each follows a quiet one, so that both meet the same noise. */
const WRONG_RATE = 1000;
const FLOOD_SECONDS = Number(process.env.FLOOD_SECONDS ?? 60);
const FLOOD_ROUNDS = 5;
/** Requests with the right key that arrive in a second meanwhile. */
const RIGHT_RATE = 200;

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

/** Bytes that rows and indexes of the registry take; what PostgreSQL notes of them when it cleans up does not count. */
async function sizeOf(url) {
  if (url.startsWith('sqlite:')) return statSync(url.slice('sqlite:'.length)).size;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    "SELECT sum(pg_relation_size(oid)) AS size FROM pg_class WHERE relname LIKE 'oauth2_client%' AND relkind IN ('r', 'i')",
  );
  await client.end();
  return Number(rows[0].size);
}

/** Keys that are wrong, half of them with a right checksum. */
function wrongKeys() {
  return Array.from({ length: 1000 }, (_, at) => {
    const key = generateSecret('oaak_');
    return at % 2 === 0 ? key : `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
  });
}

async function underWrongKeys(database, { guarded, path, key }) {
  const url = guarded.url + path;
  const wrong = wrongKeys();
  const pace = { seconds: FLOOD_SECONDS / FLOOD_ROUNDS };
  const right = () => paced(url, () => bearer(key), { ...pace, rate: RIGHT_RATE });
  const flood = async () => {
    const workerData = { url, keys: wrong, pace: { ...pace, rate: WRONG_RATE } };
    const thread = new Worker(new URL('flood.mjs', import.meta.url), { workerData });
    await once(thread, 'message');
  };
  await right();
  const before = await sizeOf(database.url);
  const contestants = { quiet: right, busy: async () => (await Promise.all([right(), flood()]))[0] };
  const { quiet, busy } = await alternate(contestants, FLOOD_ROUNDS);
  const after = await sizeOf(database.url);
  console.log(`\nright keys under ${WRONG_RATE} wrong ones a second for ${FLOOD_SECONDS} s, ${database.name}`);
  console.log(
    `  p99 ${busy.p99.toFixed(2)} ms, quiet ${quiet.p99.toFixed(2)} ms: ${(busy.p99 / quiet.p99).toFixed(2)} times; the database grew by ${after - before} bytes`,
  );
  return { quiet, busy, before, after };
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
  return onEach(options, (database) => measure(database, options));
}
