// npm run bench -- changes [--changes 1000000] [--rounds 5] [--requests 200] [--database sqlite|postgres] [--json FILE]
// Asks a journal of 1,000 changes and a large one for the same, in turn: does a reader wait longer because the journal is long?
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { readChangesQuery } from '../dist/journal/reading/changes.query.js';
import { startService } from '../test/support/service.mjs';
import { changeStatements, hotVersions, middleOf } from './changes-data.mjs';
import { onEach } from './databases.mjs';
import { fill } from './fill.mjs';
import { BODY } from './scenarios.mjs';
import { call, head, inTurn, pathBehind, row } from './turns.mjs';

const SMALL = 1000;
/** A reader of the large journal may take so many times as long at p99. */
const MOST = 1.5;
/** So many times as many requests are sent where a reader took longer. */
const AGAIN = 5;
const FIRST_KEY = `first-${randomBytes(24).toString('hex')}`;
const bearer = (key) => ({ authorization: `Bearer ${key}` });

/** Filters with the query of each: many, some, few or no changes match. */
const FILTERS = [
  ...['hot', 'busy-0', 'rest-4', 'unknown'].map((value) => `client_id=${value}`),
  ...['robot-1', 'robot-rare', 'unknown'].map((value) => `actor=${value}`),
  ...['updated', 'suspended', 'deleted'].map((value) => `kind=client.${value}`),
  ...['client_name', 'jwks', 'unknown'].map((value) => `member=${value}`),
];
const COMBINED = [
  'kind=client.suspended&member=client_name',
  'client_id=hot&actor=robot-1',
  'actor=robot-rare&kind=client.updated',
];
/** Owners whose keys ask: none for the key that sees everything, one with most changes, and one with few. */
const OWNERS = ['', 'team-a', 'team-rare'];
/** What the key with few changes asks. */
const OF_FEW = ['all', 'sort=-position', 'client_id=hot', 'actor=robot-1', 'kind=client.updated', 'after'];

/** Queries of the list of changes by name, for who sees the changes of an owner. */
function listsOf(owner, count) {
  const path = (query) => `/admin/changes?${query}`;
  const late = (query) => readChangesQuery(new URLSearchParams(query), owner || undefined).page(String(count * 0.9));
  const time = middleOf(count);
  const queries = ['', 'sort=-position', ...FILTERS, ...COMBINED];
  return {
    ...Object.fromEntries(queries.map((query) => [query || 'all', path(query)])),
    after: path(`after=${time}`),
    before: path(`before=${time}&sort=-position`),
    'after, the newest': path(`after=${time}&sort=-position`),
    'before, kind=client.updated': path(`before=${time}&sort=-position&kind=client.updated`),
    'a late page': path(late('')),
    'a late page, kind=client.updated': path(late('kind=client.updated')),
  };
}

/** What is asked of single clients. */
async function readsOfHot(url, count, headers) {
  const hot = '/admin/clients/hot';
  const versions = hotVersions(count);
  const first = `${hot}/history?page_size=100`;
  return {
    'get (to compare with)': hot,
    history: first,
    'history, the last page': await pathBehind(url, first, { pages: versions / 100 - 1, headers }),
    'as_of an early version': `${hot}?as_of=10`,
    'as_of a late version': `${hot}?as_of=${versions - 10}`,
    'as_of a time': `${hot}?as_of=${middleOf(count)}`,
    'an early change': `${hot}/changes/10`,
    'a late change': `${hot}/changes/${versions - 10}`,
  };
}

async function json(url, request) {
  const { response, text } = await call(url, request);
  if (response.statusCode >= 300) throw new Error(`${url}: ${response.statusCode} ${text}`);
  return JSON.parse(text);
}

/** A key of an owner that reads the journal. */
async function keyOf(url, owner) {
  if (owner === '') return FIRST_KEY;
  const body = JSON.stringify({ name: owner, owner, scopes: ['journal:read', 'clients:read'] });
  return (await json(`${url}/admin/keys`, { method: 'POST', body, headers: bearer(FIRST_KEY) })).key;
}

const startOn = (url) =>
  startService({ DATABASE_URL: url, DATABASE_MIGRATE: 'true', ADMIN_AUTH: 'api-key', ADMIN_API_KEY: FIRST_KEY });

/** Fills a database with the client `hot` and a journal, while no service seals. */
async function prepare(url, count) {
  const service = await startOn(url);
  const headers = bearer(FIRST_KEY);
  const body = JSON.stringify({ ...BODY, client_id: 'hot', owner: 'team-a' });
  await json(`${service.url}/admin/clients`, { method: 'POST', body, headers });
  const { response, text } = await call(`${service.url}/admin/clients/hot`, { headers });
  await service.end('SIGTERM');
  const [, tag] = /^"([^.]+)\./.exec(response.headers.etag);
  const template = text.replace('"hot"', '"{id}"').replace(BODY.client_name, '{name}');
  const start = performance.now();
  await fill(url, (dialect) => changeStatements(dialect, count, { template, tag }));
  console.log(`  ${count} changes in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

/** Starts a service on a journal, and returns what is asked of it by name. */
async function serve(url, count) {
  await prepare(url, count);
  const service = await startOn(url);
  const asked = {};
  for (const owner of OWNERS) {
    const own = bearer(await keyOf(service.url, owner));
    const isFew = owner === 'team-rare';
    const reads = isFew ? {} : await readsOfHot(service.url, count, own);
    for (const [name, path] of Object.entries({ ...reads, ...listsOf(owner, count) }))
      if (!isFew || OF_FEW.includes(name))
        asked[owner ? `${owner}: ${name}` : name] = { url: service.url + path, headers: own };
  }
  return { asked, end: () => service.end('SIGTERM') };
}

/** How many changes the answer has; 1 where it is another. */
async function sizeOf({ url, headers }) {
  const shown = await json(url, { headers });
  return Array.isArray(shown) ? shown.length : 1;
}

/** Asks for no more changes than the other journal has to show: a longer answer takes longer wherever it comes from. */
function asker({ url, headers }, size, shown) {
  const asked = new URL(url);
  if (size > 0 && size < shown) asked.searchParams.set('page_size', size);
  return () => call(asked, { headers });
}

async function compare(database, options) {
  console.log(`\n${database.name}`);
  const small = await serve(await database.another('small'), SMALL);
  const large = await serve(await database.another('large'), options.changes);
  head();
  const rows = [];
  for (const name of Object.keys(small.asked)) {
    if (options.only && !name.includes(options.only)) continue;
    const asked = [small.asked[name], large.asked[name]];
    const sizes = await Promise.all(asked.map(sizeOf));
    const contestants = asked.map((one, at) => asker(one, Math.min(...sizes), sizes[at]));
    rows.push({ ...row(name, ...(await inTurn(contestants, options))), contestants });
  }
  // One pause of the machine makes the p99 of a round: what stands out is measured for longer.
  const again = { ...options, requests: AGAIN * options.requests };
  for (const { name, small: before, large: after, contestants } of rows)
    if (after.p99 > MOST * before.p99) row(`again: ${name}`, ...(await inTurn(contestants, again)));
  await Promise.all([small.end(), large.end()]);
  return rows.map(({ name, small: before, large: after }) => ({ name, small: before, large: after }));
}

/** Runs the benchmark on the chosen databases, and returns all figures by database. */
export async function changes(options) {
  return onEach(options, (database) => compare(database, options));
}
