import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from '../test/support/service.mjs';
import { onEach } from './databases.mjs';
import { BODY } from './scenarios.mjs';

const CLIENTS = 300;
/** Requests at a time, while the peak is measured; connections, at most, while half of it is kept up. */
const CONNECTIONS = 16;
/** For how long the peak is measured, in seconds. */
const PEAK = 20;
/** How often memory is read, in milliseconds. */
const SAMPLE = 5000;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS * 4 });
const any = (list) => list[Math.floor(Math.random() * list.length)];
const json = { 'content-type': 'application/json' };

/** Sends a request, and returns the body of its answer. */
async function send(url, { method = 'GET', path, headers = {}, body = '' }, status) {
  const sent = request(url + path, { agent, method, headers }).end(body);
  const [response] = await once(sent, 'response');
  const text = Buffer.concat(await response.toArray()).toString();
  if (response.statusCode !== status) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
  return text;
}

/** What callers do, and which share of their requests that is. The clients that are read are others than those that are rotated. */
function operations(url, { read, rotated, secrets }) {
  const to = (path) => ({ path: `/admin/clients${path}` });
  const create = { ...to(''), method: 'POST', body: JSON.stringify(BODY) };
  const patch = () => JSON.stringify([{ op: 'replace', path: '/owner', value: `team-${Math.random()}` }]);
  const patched = { method: 'PATCH', headers: { 'content-type': 'application/json-patch+json' } };
  const authenticate = { ...to('/authenticate'), method: 'POST', headers: json };
  return {
    get: [0.5, () => send(url, to(`/${any(read)}`), 200)],
    authenticate: [0.25, () => send(url, { ...authenticate, body: any(secrets) }, 200)],
    list: [0.1, () => send(url, to('?page_size=20'), 200)],
    create: [0.05, () => send(url, create, 201)],
    patch: [0.05, () => send(url, { ...to(`/${any(rotated)}`), ...patched, body: patch() }, 200)],
    rotate: [0.05, () => send(url, { ...to(`/${any(rotated)}/secrets/rotate`), method: 'POST' }, 200)],
  };
}

/** Picks operations by their shares. */
function picker(all) {
  const names = Object.keys(all);
  return () => {
    let left = Math.random();
    return names.find((name) => (left -= all[name][0]) < 0) ?? names[0];
  };
}

async function newClients(url, number) {
  const clients = [];
  for (let made = 0; made < number; made += 1)
    clients.push(
      JSON.parse(await send(url, { method: 'POST', path: '/admin/clients', body: JSON.stringify(BODY) }, 201)),
    );
  return clients;
}

/** How many requests a second are answered when each answer is followed by the next request at once. */
async function peakOf(all) {
  const next = picker(all);
  const end = performance.now() + PEAK * 1000;
  let answered = 0;
  const worker = async () => {
    while (performance.now() < end) {
      await all[next()][1]();
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return answered / PEAK;
}

/** Memory of a process now, in MiB. */
function residentOf({ pid }) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** Keeps up a rate for some time, whether or not earlier requests are answered. */
async function soakAt(rate, seconds, all, child) {
  const next = picker(all);
  const times = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  const errors = [];
  const memory = [];
  const start = performance.now();
  const open = new Set();
  let sampled = start;
  for (let at = 0; at < rate * seconds; at += 1) {
    const due = start + (at * 1000) / rate;
    if (due > performance.now()) await sleep(due - performance.now());
    if (performance.now() - sampled > SAMPLE) {
      sampled += SAMPLE;
      memory.push(residentOf(child));
    }
    const name = next();
    const answered = all[name][1]()
      .then(
        () => times[name].push(performance.now() - due),
        (error) => errors.push(error),
      )
      .finally(() => open.delete(answered));
    open.add(answered);
  }
  await Promise.all(open);
  return { times, errors, memory };
}

const quantile = (sorted, share) => sorted[Math.floor(sorted.length * share)];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function report({ times, errors, memory }) {
  for (const [name, all] of Object.entries(times)) {
    const sorted = all.toSorted((a, b) => a - b);
    const [p50, p99] = [0.5, 0.99].map((share) => quantile(sorted, share).toFixed(1).padStart(6));
    console.log(`  ${name.padEnd(16)} ${String(all.length).padStart(8)}  p50 ${p50} ms  p99 ${p99} ms`);
  }
  const last = memory.slice(Math.floor(memory.length / 2));
  const [third, fourth] = [last.slice(0, last.length / 2), last.slice(last.length / 2)].map(mean);
  console.log(`  memory ${third.toFixed(0)} MiB in the third quarter, ${fourth.toFixed(0)} MiB in the fourth`);
  console.log(`  ${errors.length} errors${errors.length > 0 ? `, first: ${errors[0].message}` : ''}`);
}

async function measure(database, seconds) {
  const service = await startService({ DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'error' });
  const [read, rotated] = [await newClients(service.url, CLIENTS), await newClients(service.url, CLIENTS)];
  const secrets = read.map(({ client_id: id, client_secret: secret }) =>
    JSON.stringify({ authorization: `Basic ${btoa(`${id}:${secret}`)}`, form: 'grant_type=client_credentials' }),
  );
  const ids = (clients) => clients.map(({ client_id: id }) => id);
  const all = operations(service.url, { read: ids(read), rotated: ids(rotated), secrets });
  await peakOf(all);
  const peak = await peakOf(all);
  const rate = peak / 2;
  console.log(`\n${seconds} s at half of the peak of ${peak.toFixed(0)}/s, ${database.name}`);
  const soaked = await soakAt(rate, seconds, all, service.child);
  report(soaked);
  if ((await service.end('SIGTERM')) !== 0) throw new Error(`The service did not end well: ${service.output()}`);
  return { peak, errors: soaked.errors.length, memory: soaked.memory };
}

/** Mixes requests at half of the rate that the service reaches, for as long as `seconds` says. Linux only. */
export function soak(options) {
  return onEach(options, (database) => measure(database, options.seconds));
}
