// npm run bench -- scale [--only unused_since] [--clients 1000000] [--rounds 5] [--requests 200] [--database sqlite|postgres] [--json FILE]
// Sends the same requests, in turn, to a table of 1,000 clients and to a large one: is a client found as quickly in both?
import { performance } from 'node:perf_hooks';
import { startService } from '../test/support/service.mjs';
import { onEach } from './databases.mjs';
import { fill } from './fill.mjs';
import { AFTER_ALL, BEFORE_ALL, clientStatements, idOf, MARKED, unusedBefore } from './scale-data.mjs';
import { BODY } from './scenarios.mjs';
import { call, head, inTurn, pathBehind, row } from './turns.mjs';

const SMALL = 1000;
const marked = Array.from({ length: MARKED }, (_, number) => `client_id=${idOf(number)}`).join('&');
/** Queries of first pages of 100; each filter matches the same 200 clients in both tables. */
const FILTERS = {
  client_id: marked,
  owner: 'owner=marked-owner',
  token_endpoint_auth_method: 'token_endpoint_auth_method=tls_client_auth',
  grant_type: 'grant_type=marked',
  response_type: 'response_type=marked',
  scope: 'scope=marked',
  redirect_uri: `redirect_uri=${encodeURIComponent('https://marked.example.com/')}`,
  created_after: `created_after=${AFTER_ALL}`,
  created_before: `created_before=${BEFORE_ALL}`,
  updated_after: `updated_after=${AFTER_ALL}`,
  search: 'search=mar',
};
/** Queries of first pages of 10 that match a share of the clients. */
const SHARES = Object.fromEntries(
  [0.01, 0.5, 0.99].flatMap((share) => {
    const query = `page_size=10&unused_since=${unusedBefore(share)}`;
    const name = `unused_since (${share * 100} % unused)`;
    return [
      [name, query],
      [`${name}, latest first`, `${query}&sort=-last_used_at`],
    ];
  }),
);
/** Queries that match nearly all clients. Their figures are only reported. */
const BROAD = {
  'grant_type, by created_at': 'grant_type=authorization_code&sort=-created_at',
  'created_after, by client_id': 'created_after=2023-06-01T00:00:00Z',
  'search, by client_name': 'search=cli&sort=client_name',
  'two words': 'search=client+team',
  'three filters, by client_name': 'grant_type=authorization_code&response_type=code&scope=openid&sort=client_name',
  'three filters, by created_at':
    'grant_type=authorization_code&response_type=code&scope=offline_access&sort=-created_at',
  include_total: 'include_total=true&page_size=1',
};

/** The requests to each table by name; each function sends one, and `turn` counts up. */
function questions(url, count) {
  const clients = `${url}/admin/clients`;
  const list = (query) => () => call(`${clients}?${query}`);
  const named = (names) => Object.entries(names).map(([name, query]) => [name, list(query)]);
  return {
    get: (turn) => call(`${clients}/${idOf((turn * 7919) % count)}`),
    create: () => call(clients, { method: 'POST', body: JSON.stringify(BODY) }),
    'client_name (one match)': list(`client_name=${encodeURIComponent('Marked client 7')}`),
    ...Object.fromEntries(named({ ...FILTERS, ...SHARES })),
  };
}

/** The address of the page of 100 after some clients, in steps of 500, because a page token fits any page size. */
async function pageBehind(url, clients) {
  const steps = await pathBehind(url, '/admin/clients?page_size=500', { pages: Math.floor(clients / 500) });
  const rest = clients % 500;
  const sized = (path, size) => path.replace(/page_size=\d+/, `page_size=${size}`);
  return url + sized(await pathBehind(url, sized(steps, rest), { pages: rest === 0 ? 0 : 1 }), 100);
}

async function serve(url, count) {
  const service = await startService({ DATABASE_URL: url, DATABASE_MIGRATE: 'true' });
  const created = await call(`${service.url}/admin/clients`, { method: 'POST', body: JSON.stringify(BODY) });
  const { client_id: id } = JSON.parse(created.text);
  const { text } = await call(`${service.url}/admin/clients/${id}`);
  await call(`${service.url}/admin/clients/${id}`, { method: 'DELETE' });
  const start = performance.now();
  const template = text.replace(id, '{id}').replace(BODY.client_name, '{name}');
  await fill(url, (dialect) => clientStatements(dialect, count, template));
  console.log(`  ${count} clients in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return service;
}

/** Compares a page late in the list with the second one. */
async function laterPage(url, options) {
  const pages = Math.floor(Math.min(5000, options.clients / 100 - 1));
  const urls = [await pageBehind(url, 100), await pageBehind(url, (pages - 1) * 100)];
  const ask = urls.map((page) => () => call(page));
  return row(`page 2, page ${pages}`, ...(await inTurn(ask, options)));
}

async function compare(database, options) {
  console.log(`\n${database.name}`);
  const [smallUrl, largeUrl] = [await database.another('small'), await database.another('large')];
  const [small, large] = [await serve(smallUrl, SMALL), await serve(largeUrl, options.clients)];
  const asked = [questions(small.url, SMALL), questions(large.url, options.clients)];
  head();
  const rows = [];
  const isAsked = (name) => name.includes(options.only);
  for (const name of Object.keys(asked[0]).filter(isAsked))
    rows.push(
      row(
        name,
        ...(await inTurn(
          asked.map((ask) => ask[name]),
          options,
        )),
      ),
    );
  if (isAsked('page')) rows.push(await laterPage(large.url, options));
  for (const [name, query] of Object.entries(BROAD).filter(([broad]) => isAsked(broad))) {
    const ask = [small, large].map(
      ({ url }) =>
        () =>
          call(`${url}/admin/clients?${query}`),
    );
    rows.push(row(`broad: ${name}`, ...(await inTurn(ask, { rounds: 1, requests: 20 }))));
  }
  await Promise.all([small.end('SIGTERM'), large.end('SIGTERM')]);
  return rows;
}

/** Runs the benchmark on the chosen databases, and returns all figures by database. */
export async function scale(options) {
  return onEach(options, (database) => compare(database, options));
}
