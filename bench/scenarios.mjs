import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import bcrypt from 'bcrypt';
import { load, median } from './load.mjs';

/** The body of a create. */
export const BODY = {
  client_name: 'Invoice runner',
  grant_types: ['client_credentials'],
  scope: 'invoices:read invoices:write',
  audience: ['https://api.example.com'],
  contacts: ['ops@example.com'],
  client_uri: 'https://app.example.com',
  client_credentials_grant_access_token_lifespan: '1h30m',
  metadata: { team: 'billing', tier: 1 },
};
/** The body of a registration: what a client may say of itself. */
const REGISTRATION = {
  client_name: 'Invoice runner',
  redirect_uris: ['https://app.example.com/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'invoices:read invoices:write',
  contacts: ['ops@example.com'],
  client_uri: 'https://app.example.com',
};
const CHOSEN = { ...BODY, client_secret: 'correct horse battery staple' };
const post = (body) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const patch = { method: 'PATCH', headers: { 'content-type': 'application/json-patch+json' } };
let patches = 0;

/** A patch with a new owner each time, so that each one is a change. */
function nextPatch() {
  patches += 1;
  return { body: JSON.stringify([{ op: 'replace', path: '/owner', value: `team-${patches}` }]) };
}

/** Number of clients to create: more than a page of 100 holds. */
const CLIENTS = 300;
/** Numbers of connections at which a scenario shows what waiting does. */
const CROWDS = [16, 64];
/** Numbers of writers that change one client. */
const WRITERS = [4, 16];

function anyOf(paths) {
  return paths[Math.floor(Math.random() * paths.length)];
}

/** Creates a client to read, whose members are the defaults, and clients to list and to change. */
export async function prepare(url) {
  const created = await (await fetch(`${url}/admin/clients`, { method: 'POST', body: '{}' })).json();
  const read = await (await fetch(`${url}/admin/clients/${created.client_id}`)).json();
  const paths = [];
  for (let number = 0; number < CLIENTS; number += 1) {
    const client = await (await fetch(`${url}/admin/clients`, post(BODY))).json();
    paths.push(`/admin/clients/${client.client_id}`);
  }
  return { path: `/admin/clients/${created.client_id}`, paths, defaults: read };
}

/** Runs bcrypt alone for some seconds, with as many calls at a time as there are cores. */
async function bareBcrypt(seconds) {
  const end = performance.now() + seconds * 1000;
  const times = [];
  const worker = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      await bcrypt.hash(CHOSEN.client_secret, 10);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return {
    rate: times.length / seconds,
    p50: median(times),
    p99: times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)],
  };
}

/** All scenarios. Each is a set of contestants, the first of which is the service. */
export function scenarios({ service, door, nest, raw, hosts, path, paths, seconds }) {
  const to = (url, request, connections) => () => load(url, request, { seconds, connections });
  const getAny = { requests: [{ setupRequest: (sent) => ({ ...sent, path: anyOf(paths) }) }] };
  /** Changes the same client with every connection, or a client of its own with each. */
  const patchBy = (writers, isShared) => {
    let number = 0;
    const setupClient = (client) => {
      number += 1;
      const target = paths[isShared ? 0 : number % paths.length];
      client.setRequests([{ ...patch, path: target, setupRequest: (sent) => ({ ...sent, ...nextPatch() }) }]);
    };
    return to(service, { setupClient }, writers);
  };
  const each = (counts, scenario) => Object.fromEntries(counts.map(scenario));
  /** Sends each request to a random client, so that requests rarely wait for each other. */
  const toAny = (request, suffix = '', body) =>
    to(service, {
      requests: [
        {
          ...request,
          setupRequest: (sent) => ({
            ...sent,
            ...body?.(),
            path: anyOf(paths) + suffix,
          }),
        },
      ],
    });
  const embedded = (suffix, request) =>
    Object.fromEntries(Object.entries(hosts).map(([name, url]) => [name, to(url + suffix, request)]));
  return {
    get: {
      service: to(service + path, {}),
      'bare Nest': to(nest + path.replace('/admin/', '/bare/'), {}),
      'node:http': to(raw + path, {}),
      ...embedded(path, {}),
    },
    ...each(CROWDS, (connections) => [
      `get of ${CLIENTS} clients by ${connections}`,
      {
        service: to(service, getAny, connections),
        'node:http': to(raw, getAny, connections),
      },
    ]),
    'list of 100': {
      service: to(`${service}/admin/clients?page_size=100`, {}),
      'node:http': to(`${raw}/admin/clients?page_size=100`, {}),
    },
    patch: { service: toAny(patch, '', nextPatch) },
    ...each(WRITERS, (writers) => [
      `patch of one client by ${writers}`,
      { service: patchBy(writers, true), 'own clients': patchBy(writers, false) },
    ]),
    rotate: { service: toAny({ method: 'POST' }, '/secrets/rotate') },
    create: {
      service: to(`${service}/admin/clients`, post(BODY)),
      'node:http': to(`${raw}/admin/clients`, post(BODY)),
      ...embedded('/admin/clients', post(BODY)),
    },
    'create by 64': {
      service: to(`${service}/admin/clients`, post(BODY), 64),
      'node:http': to(`${raw}/admin/clients`, post(BODY), 64),
    },
    register: {
      service: to(`${door}/oauth2/register`, post(REGISTRATION)),
      'node:http': to(`${raw}/admin/clients`, post(REGISTRATION)),
    },
    'create with a chosen secret': {
      service: to(`${service}/admin/clients`, post(CHOSEN)),
      'bare bcrypt': () => bareBcrypt(seconds),
    },
    'get under 16 such creates': {
      service: async () => {
        const creates = load(`${service}/admin/clients`, post(CHOSEN), { seconds: seconds + 1 });
        const gets = await load(service + path, { overallRate: 200 }, { seconds, connections: 4 });
        await creates;
        return gets;
      },
    },
  };
}
