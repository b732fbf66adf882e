import { randomBytes, randomUUID } from 'node:crypto';
import { generateSecret } from '../dist/secrets/generated/secret-format.js';
import { startService } from '../test/support/service.mjs';
import { onEach } from './databases.mjs';
import { alternate, load, startBaseline } from './load.mjs';
import { BODY } from './scenarios.mjs';
import { tellApart } from './telling-apart.mjs';

const CLIENTS = 300;
const CONNECTIONS = [16, 64];
/** Seconds of load until a process has compiled what it runs often. */
const WARM_UP = 8;
/** As many live secrets as a client has that was rotated five times. */
const ROTATIONS = 5;
const PATH = '/admin/clients/authenticate';
const KEY = `first-${randomBytes(24).toString('hex')}`;
const KEYS = { authorization: `Bearer ${KEY}` };

async function post(url, body) {
  const response = await fetch(url, { method: 'POST', headers: KEYS, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The bodies by which new clients authenticate. */
async function clientsOf(url, { body = {}, rotations = 0 } = {}) {
  const bodies = [];
  for (let made = 0; made < CLIENTS; made += 1) {
    let client = await post(`${url}/admin/clients`, { ...BODY, ...body });
    for (let turn = 0; turn < rotations; turn += 1)
      client = await post(`${url}/admin/clients/${client.client_id}/secrets/rotate`, {});
    bodies.push(bodyFor(client.client_id, client.client_secret));
  }
  return bodies;
}

function bodyFor(id, secret) {
  const authorization = `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}`;
  return JSON.stringify({ authorization, form: 'grant_type=client_credentials' });
}

function idOf(body) {
  return Buffer.from(JSON.parse(body).authorization.slice(6), 'base64').toString().split(':')[0];
}

/** Authenticates any of the clients with each request. Not measured: the first second, in which a process comes back from a pause. */
async function ask(url, bodies, { seconds, connections, expected = 200, keys = KEYS }) {
  const any = (sent) => ({ ...sent, body: bodies[Math.floor(Math.random() * bodies.length)] });
  const headers = { ...keys, 'content-type': 'application/json' };
  const requests = [{ method: 'POST', path: PATH, headers, setupRequest: any }];
  await load(url, { requests }, { seconds: 1, connections, expected });
  return load(url, { requests }, { seconds, connections, expected });
}

/** Prints whether answers for unknown clients and for wrong secrets can be told apart: a figure to look at, no threshold. */
async function unknownOrWrong(url, generated, name) {
  const kinds = { generated: [1000, generateSecret('oacs_')], chosen: [100, 'incorrect horse battery staple'] };
  for (const [kind, [requests, secret]] of Object.entries(kinds)) {
    const known = (at) => bodyFor(idOf(generated[at % CLIENTS]), secret);
    const unknown = () => bodyFor(randomUUID(), secret);
    const { medians, chance } = await tellApart(url + PATH, [unknown, known], { requests, headers: KEYS, status: 401 });
    const [ofUnknown, ofWrong] = medians.map((median) => median.toFixed(2));
    console.log(
      `\nunknown client or wrong secret, ${kind}, ${name}\n  ${ofUnknown} or ${ofWrong} ms; a wrong secret takes longer with a chance of ${chance.toFixed(3)}`,
    );
  }
}

async function measure(database, { rounds, seconds, print }) {
  const shared = { DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'error' };
  const guarding = { ...shared, ADMIN_AUTH: 'api-key', ADMIN_API_KEY: KEY };
  // Another process makes what is needed: like the baseline, those that are measured do nothing but authenticate.
  const maker = await startService(guarding);
  // What an authorization server has: unlike the first key, it stands in the database.
  const { key } = await post(`${maker.url}/admin/keys`, { name: 'token endpoint', scopes: ['clients:authenticate'] });
  const generated = await clientsOf(maker.url);
  const six = await clientsOf(maker.url, { rotations: ROTATIONS });
  const chosen = await clientsOf(maker.url, { body: { client_secret: 'correct horse battery staple' } });
  await maker.end('SIGTERM');
  const guarded = await startService(guarding);
  const open = await startService({ ...shared, ADMIN_AUTH: 'none' });
  const raw = await startBaseline('raw-server.mjs', { DATABASE_URL: database.url, DEFAULTS: '{}' });
  // A chosen secret costs bcrypt the first time.
  for (const body of chosen) await post(open.url + PATH, JSON.parse(body));
  const wrong = generated.map((body) => bodyFor(idOf(body), generateSecret('oacs_')));
  const results = {};
  for (const connections of CONNECTIONS) {
    const contestants = (time) => {
      const each = { seconds: time, connections };
      return {
        service: () => ask(open.url, generated, each),
        'node:http': () => ask(raw.url, generated, each),
        'with a key': () => ask(guarded.url, generated, { ...each, keys: { authorization: `Bearer ${key}` } }),
        'six secrets': () => ask(open.url, six, each),
        'chosen secret': () => ask(open.url, chosen, each),
        'wrong secret': () => ask(open.url, wrong, { ...each, expected: 401 }),
      };
    };
    for (const warmUp of Object.values(contestants(WARM_UP))) await warmUp();
    const name = `authenticate ${CLIENTS} clients by ${connections}`;
    results[name] = await alternate(contestants(seconds), rounds);
    print(database.name, name, results[name]);
  }
  await unknownOrWrong(guarded.url, generated, database.name);
  await Promise.all([guarded.end('SIGTERM'), open.end('SIGTERM'), raw.end()]);
  return results;
}

/** Measures how fast clients are authenticated, beside a bare server that reads one row and makes one digest for each. */
export async function authenticate(options) {
  return onEach(options, (database) => measure(database, options));
}
