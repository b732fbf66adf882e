import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import pg from 'pg';
import { freePort, startService } from '../test/support/service.mjs';
import { onEach } from './databases.mjs';
import { paced } from './paced.mjs';

/** Registrations a second, and from how many addresses they come: 10,000 in a minute from 1,000. */
const RATE = 10_000 / 60;
const SOURCES = 1000;
/** How many of those who register remove their client at once: one of five. */
const LEAVERS = 5;
/** Reads of the admin API a second, beside the registrations and without them. */
const READS = 100;
/** How often a caller registers from an address that nobody has used yet, in milliseconds. */
const NEWCOMER = 2000;

const agent = new Agent({ keepAlive: true });
const BODY = JSON.stringify({ client_name: 'Tool', redirect_uris: ['http://127.0.0.1/callback'] });

async function send(url, method, headers, body) {
  const sent = request(url, { agent, method, headers }).end(body);
  const [response] = await once(sent, 'response');
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, body: text === '' ? {} : JSON.parse(text) };
}

/** Registers from an address, as a trusted proxy tells it, and may remove the client again. */
async function register(door, address, leaves) {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
  const { status, body } = await send(`${door}/oauth2/register`, 'POST', headers, BODY);
  if (status !== 201 && status !== 429) throw new Error(`A registration was answered ${status}.`);
  if (status === 201 && leaves)
    await send(`${door}/oauth2/register/${body.client_id}`, 'DELETE', {
      authorization: `Bearer ${body.registration_access_token}`,
    });
  return status;
}

/** Registers at even distances for some seconds; the answers by their status. */
async function flood(door, seconds) {
  const start = performance.now();
  const answers = [];
  for (let at = 0; at < RATE * seconds; at += 1) {
    const due = start + (at * 1000) / RATE;
    if (due > performance.now()) await sleep(due - performance.now());
    const source = at % SOURCES;
    answers.push(register(door, `198.18.${source >> 8}.${source & 255}`, at % LEAVERS === 0));
  }
  const all = await Promise.all(answers);
  return Object.fromEntries([...new Set(all)].map((status) => [status, all.filter((one) => one === status).length]));
}

/** How long callers from new addresses wait for a client, in milliseconds, for some seconds. */
async function newcomers(door, seconds) {
  const end = performance.now() + seconds * 1000;
  const times = [];
  for (let at = 0; performance.now() < end; at += 1) {
    const begun = performance.now();
    const status = await register(door, `198.19.${at >> 8}.${at & 255}`, false);
    times.push(status === 201 ? performance.now() - begun : Number.POSITIVE_INFINITY);
    await sleep(NEWCOMER);
  }
  return times;
}

/** The number of rows of each table that has any. */
async function rowsOf(url) {
  const count = (table) => `SELECT count(*) AS n FROM ${table}`;
  if (url.startsWith('sqlite:')) {
    const file = new Database(url.slice('sqlite:'.length), { readonly: true });
    const names = file.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'oauth2%'").all();
    const rows = names.map(({ name }) => [name, file.prepare(count(name)).get().n]);
    file.close();
    return rows.filter(([, n]) => n > 0);
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: names } = await client.query(
    "SELECT tablename FROM pg_tables WHERE tablename LIKE 'oauth2%' ORDER BY 1",
  );
  const rows = [];
  for (const { tablename } of names) rows.push([tablename, Number((await client.query(count(tablename))).rows[0].n)]);
  await client.end();
  return rows.filter(([, n]) => n > 0);
}

async function measure(database, seconds) {
  const port = await freePort();
  const door = `http://127.0.0.1:${port}`;
  const service = await startService({
    DATABASE_URL: database.url,
    DATABASE_MIGRATE: 'true',
    LOG_LEVEL: 'error',
    REGISTRATION: 'open',
    PUBLIC_PORT: String(port),
    PUBLIC_TRUSTED_PROXIES: '127.0.0.1',
  });
  const { body } = await send(`${service.url}/admin/clients`, 'POST', {}, '{}');
  const path = `${service.url}/admin/clients/${body.client_id}`;
  const reads = () => paced(path, () => ({}), { rate: READS, seconds });
  const alone = await reads();
  const [beside, answers, waits] = await Promise.all([reads(), flood(door, seconds), newcomers(door, seconds)]);
  const rows = await rowsOf(database.url);
  await service.end('SIGTERM');
  const longest = Math.max(...waits);
  console.log(
    `\n${(RATE * 60).toFixed(0)} registrations a minute from ${SOURCES} addresses, ${seconds} s, ${database.name}`,
  );
  console.log(
    `  answers          ${Object.entries(answers)
      .map(([status, all]) => `${all} × ${status}`)
      .join(', ')}`,
  );
  console.log(`  newcomers        ${waits.length}, the longest wait ${longest.toFixed(0)} ms`);
  console.log(`  get              p99 ${alone.p99.toFixed(1)} ms alone, ${beside.p99.toFixed(1)} ms beside them`);
  console.log(`  rows             ${rows.map(([name, n]) => `${name} ${n}`).join(', ')}`);
  return { alone, beside, longest, rows: Object.fromEntries(rows) };
}

/** What a flood of registrations does to all others, and to the tables, with the limits as they are by default. */
export function registrations(options) {
  return onEach(options, (database) => measure(database, options.seconds));
}
