import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { readListQuery } from '../src/clients/list/client-list.query.js';
import { ClientListStatements } from '../src/clients/list/client-list.statements.js';
import { ClientSql } from '../src/clients/store/client-sql.js';
import type { Client } from '../src/clients/store/client.entity.js';
import { Candidates } from '../src/authentication/candidates.js';
import { KeyedRead } from '../src/database/sql/keyed-read.js';
import { PreparedDatabase, type Query } from '../src/database/sql/prepared-database.js';
import { Expiring } from '../src/standalone/metrics/expiring.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { rowsLookedAt } from './support/plans.js';
import { useService } from './support/use.js';

const CLIENTS = 20_000;
/** Clients that each filter below matches. */
const MATCHES = 40;
const EVERY = CLIENTS / MATCHES;
/** More than PostgreSQL takes to choose a plan that is the same for all values. */
const RUNS = 10;

/** Client `i` has this place in the order of ids, and another one in every other order. */
const idOf = (i: number) => String(100_000 + ((i * 7919) % CLIENTS)).slice(1);
const timeOf = (place: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, place)).toISOString();

const SERIES = `WITH RECURSIVE series(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM series WHERE i < ${CLIENTS - 1})`;
const place = (factor: number) => `(CAST(i AS bigint) * ${factor} % ${CLIENTS})`;
const digits = (number: string, length: number) => `substr(CAST(${10 ** length} + ${number} AS text), 2)`;
const time = (at: string) =>
  `'2024-01-01T' || ${[`${at} / 3600`, `${at} / 60 % 60`, `${at} % 60`].map((part) => digits(part, 2)).join(` || ':' || `)} || '.000Z'`;
const ID = digits(place(7919), 5);
const isMarked = (of: number) => `i % ${EVERY} = ${of}`;
const marked = (of: number, value: string, other: string) =>
  `CASE WHEN ${isMarked(of)} THEN ${value} ELSE ${other} END`;

/** Values of the terms of all clients, and of the marked ones. */
const TERMS: [kind: string, values: string[], marks: string[]][] = [
  ['grant_type', [`'authorization_code'`, `'refresh_token'`], [`'marked'`]],
  ['response_type', [`'code'`], [`'marked'`]],
  ['scope', [`'openid'`, `'offline_access'`], [`'marked'`]],
  ['redirect_uri', [`'https://app.example.com/' || i`], [`'https://marked.example.com/'`]],
  ['state', [], [`'suspended'`]],
  ['word', [`'client'`, `'team'`, `'n' || i`, ID], [`'marked' || i`, `'marking'`]],
];

async function fill({ dataSource }: RunningApp): Promise<void> {
  await dataSource.query(
    `INSERT INTO oauth2_client (id, version, shape, tag, document, name, owner, auth_method, registration_token_digest, created_at, updated_at)
     ${SERIES} SELECT ${ID}, 1, 1, 'tag', '{"client_id":"' || ${ID} || '"}', ${marked(1, `'Marked'`, `'Client ' || ${place(31)}`)}, ${marked(0, `'marked'`, `'team ' || (i % 100)`)},
     ${marked(2, `'tls_client_auth'`, `'client_secret_basic'`)}, '', ${time(place(1))}, ${time(place(7001))} FROM series`,
  );
  await dataSource.query(
    `INSERT INTO oauth2_client_use (client_id, unused_since) ${SERIES} SELECT ${ID}, ${time(place(3001))} FROM series`,
  );
  const term = (kind: string, value: string, where: string) =>
    dataSource.query(
      `INSERT INTO oauth2_client_term (kind, value, client_id) ${SERIES} SELECT '${kind}', ${value}, ${ID} FROM series WHERE ${where}`,
    );
  for (const [kind, values, marks] of TERMS) {
    for (const value of values) await term(kind, value, '1 = 1');
    for (const value of marks) await term(kind, value, isMarked(0));
  }
  // With this target, of all rows and not of a sample: another one each time would sometimes be another plan.
  if (dataSource.options.type === 'postgres')
    await dataSource.query('SET default_statistics_target = 1000; ANALYZE; RESET default_statistics_target');
}

const [ids, terms, uses] = ['primary key of clients', 'primary key of terms', 'oauth2_client_use_unused_since'];
/** Filters that match 40 clients each, and the index that serves them. */
const FILTERS: [filter: Record<string, unknown>, index: string, isExact?: boolean][] = [
  [{ client_id: Array.from({ length: MATCHES }, (_, at) => idOf(at * EVERY)) }, ids],
  [{ client_name: 'Marked' }, 'oauth2_client_name', true],
  [{ owner: 'marked' }, 'oauth2_client_owner', true],
  [{ token_endpoint_auth_method: 'tls_client_auth' }, 'oauth2_client_auth_method', true],
  [{ grant_type: 'marked' }, terms, true],
  [{ response_type: 'marked' }, terms, true],
  [{ scope: 'marked' }, terms, true],
  [{ redirect_uri: 'https://marked.example.com/' }, terms, true],
  [{ suspended: true }, terms, true],
  [{ suspended: true, grant_type: 'authorization_code' }, terms],
  [{ suspended: false, client_name: 'Marked' }, 'oauth2_client_name', true],
  [{ created_after: timeOf(CLIENTS - MATCHES - 1) }, 'oauth2_client_created_at'],
  [{ created_before: timeOf(MATCHES) }, 'oauth2_client_created_at'],
  [{ updated_after: timeOf(CLIENTS - MATCHES - 1) }, 'oauth2_client_updated_at'],
  [{ unused_since: timeOf(MATCHES) }, uses],
  [{ unused_since: timeOf(MATCHES), grant_type: 'authorization_code' }, uses],
  [{ search: 'Mark' }, terms],
  [{ search: 'marking marked' }, terms],
  // One of these is broad: it is looked up for the matches of the other one.
  [{ search: 'client mark' }, terms],
  [{ grant_type: 'authorization_code', scope: 'marked' }, terms],
  [{ scope: 'openid', owner: 'marked' }, 'oauth2_client_owner'],
];
const ROWS = FILTERS.map(([filter, index, isExact]) => {
  const name = Object.entries(filter).map(([parameter, value]) =>
    Array.isArray(value) ? parameter : `${parameter}=${String(value)}`,
  );
  return { name: name.join('&'), filter, index, isExact };
});
const EXACT = ROWS.filter(({ isExact }) => isExact);
/** Orders, and the index that has each; where it is not one of clients, they are looked up beside it. */
const SORTS: [sort: string, index: string, beside?: string][] = [
  ['client_id', ids],
  ['client_name', 'oauth2_client_name'],
  ['created_at', 'oauth2_client_created_at'],
  ['updated_at', 'oauth2_client_updated_at'],
  ['last_used_at', uses, ids],
];
const BOTH_WAYS = SORTS.flatMap(([sort, index, beside]) => [
  { sort, index, beside },
  { sort: `-${sort}`, index, beside },
]);
/** Filters that match every client, in orders in which no filter has its terms. */
const BROAD = [
  { grant_type: 'authorization_code', response_type: 'code', scope: 'openid' },
  { grant_type: 'refresh_token', scope: 'offline_access', search: 'client' },
].flatMap((filter) =>
  SORTS.slice(1).map(([sort, index]) => ({ name: Object.keys(filter).join('&'), filter, sort, index })),
);
/** The indexes that the databases name themselves. */
const PRIMARY_KEYS: Record<string, string> = {
  oauth2_client_pkey: ids,
  sqlite_autoindex_oauth2_client_1: ids,
  oauth2_client_term_pkey: terms,
  sqlite_autoindex_oauth2_client_term_1: terms,
};

/** One step of a plan, in the same words for both databases. */
interface Step {
  /** All that the database says of it. */
  text: string;
  isSort: boolean;
  /** It looks at every row of clients or terms, in the table or along an index. */
  isScan: boolean;
  index?: string;
}

interface PostgresNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: PostgresNode[];
}

function named(index: string | undefined): string | undefined {
  return index && (PRIMARY_KEYS[index] ?? index);
}

function postgresSteps({ Plans: below = [], ...node }: PostgresNode): Step[] {
  const type = node['Node Type'];
  // An index condition on nothing but the kind of a term looks at most of the terms.
  const condition = (node['Index Cond'] ?? '').replace(/\(?kind\)?(::text)? = '\w+'(::text)?/, '');
  const isBounded = /\w/.test(condition);
  const isScan = type === 'Seq Scan' || (/^(Bitmap )?Index (Only )?Scan$/.test(type) && !isBounded);
  const step = { text: JSON.stringify(node), isSort: type.endsWith('Sort'), isScan, index: named(node['Index Name']) };
  return [step, ...below.flatMap(postgresSteps)];
}

function sqliteStep(text: string): Step {
  const isScan = /^SCAN (client|term|used|oauth2_client\w*)\b/.test(text) || /\(kind=\?\)/.test(text);
  return {
    text,
    isSort: /^USE TEMP B-TREE FOR .*ORDER BY/.test(text),
    isScan,
    index: named(/INDEX (\w+)/.exec(text)?.[1]),
  };
}

/** A list as parameters ask for it; several values of one name as an array. */
function asked(parameters: Record<string, unknown>) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return readListQuery(new URLSearchParams(pairs.filter(([, value]) => value !== 'null')));
}

describe.each(DATABASES)('the plan of a statement on 20,000 clients, on $database', ({ isPostgres, open }) => {
  const service = useService(startStandalone, open);
  beforeAll(async () => {
    await fill(service);
  });

  /** The plan that is in use when the statement has run for some time: PostgreSQL may change that of a prepared one. */
  async function postgresPlan({ name, text, values }: Query): Promise<Step[]> {
    const connection = new pg.Client({ connectionString: service.database.url });
    await connection.connect();
    for (let run = name ? 0 : RUNS; run < RUNS; run += 1) await connection.query({ name, text, values: [...values] });
    const texts = values.map((value) => (Array.isArray(value) ? `{${value.join(',')}}` : String(value)));
    const literals = texts.map((value) => connection.escapeLiteral(value)).join(', ');
    const { rows } = await connection.query<{ 'QUERY PLAN': [{ Plan: PostgresNode }] }>(
      name ? `EXPLAIN (FORMAT JSON) EXECUTE "${name}" (${literals})` : `EXPLAIN (FORMAT JSON) ${text}`,
      name ? [] : [...values],
    );
    await connection.end();
    return rows.flatMap((row) => postgresSteps(row['QUERY PLAN'][0].Plan));
  }

  async function planOf(query: Query): Promise<Step[]> {
    if (isPostgres) return postgresPlan(query);
    const sql = `EXPLAIN QUERY PLAN ${query.text}`;
    const rows = await service.dataSource.query<{ detail: string }[]>(sql, [...query.values]);
    return rows.map(({ detail }) => sqliteStep(detail));
  }

  async function statementOf(parameters: Record<string, unknown>): Promise<Query> {
    const lists = service.get(ClientListStatements);
    const query = asked(parameters);
    return lists.select(query, await lists.driverOf(query, service.get(PreparedDatabase)));
  }

  /** The plans of the first page, and of one that begins in the midst of the list. */
  async function plansOf(parameters: Record<string, unknown>): Promise<Step[][]> {
    const first = asked({ ...parameters, page_size: '20' });
    const last = (await service.get(ClientListStatements).page(first, service.get(PreparedDatabase))).at(-1);
    if (!last) throw new Error('Nothing matches.');
    const page_token = first.page(first.sort === 'id' ? [last.id] : [last.sorted, last.id]).get('page_token');
    const statements = [await statementOf(parameters), await statementOf({ ...parameters, page_token })];
    return Promise.all(statements.map(planOf));
  }

  it.each(ROWS)(
    'serves $name from an index, in every order of clients and on every page',
    async ({ filter, index }) => {
      expect(await service.get(ClientListStatements).count(asked(filter), service.get(PreparedDatabase))).toBe(MATCHES);
      // PostgreSQL may read all of these few last uses, which are small, to look a hundred up.
      for (const { sort } of BOTH_WAYS.filter(({ beside }) => !beside)) {
        for (const steps of await plansOf({ ...filter, sort })) {
          expect({ sort, scans: steps.filter(({ isScan }) => isScan) }).toEqual({ sort, scans: [] });
          expect({ sort, indexes: steps.map((step) => step.index) }).toEqual({
            sort,
            indexes: expect.arrayContaining([index]),
          });
        }
      }
    },
  );

  it.each(BROAD)(
    'walks the order of $sort for the broad filters $name, and sorts nothing',
    async ({ filter, sort, index }) => {
      expect(await service.get(ClientListStatements).count(asked(filter), service.get(PreparedDatabase))).toBe(CLIENTS);
      for (const steps of await plansOf({ ...filter, sort })) {
        expect(steps.filter(({ isSort }) => isSort)).toEqual([]);
        expect(steps.map((step) => step.index)).toContain(index);
      }
    },
  );

  it.each(BOTH_WAYS)('walks the order of $sort for clients that are not suspended', async ({ sort, index }) => {
    const filter = { suspended: false };
    const count = await service.get(ClientListStatements).count(asked(filter), service.get(PreparedDatabase));
    expect(count).toBe(CLIENTS - MATCHES);
    for (const steps of await plansOf({ ...filter, sort })) {
      // PostgreSQL may bring the few clients that are suspended into the order in which it walks all.
      const ofSuspended = ({ text }: Step) => text.includes('"Sort Key":["term.client_id');
      expect(steps.filter((step) => step.isSort && !ofSuspended(step))).toEqual([]);
      expect(steps.map((step) => step.index)).toEqual(expect.arrayContaining([index, terms]));
    }
  });

  it.each([0.01, 0.5, 0.99])(
    'walks the last uses for a share of %d unused clients, and stops at the page',
    async (share) => {
      const filter = { unused_since: timeOf(share * CLIENTS) };
      const lists = service.get(ClientListStatements);
      expect(await lists.count(asked(filter), service.get(PreparedDatabase))).toBe(share * CLIENTS);
      for (const sort of ['last_used_at', '-last_used_at', null]) {
        for (const steps of await plansOf({ ...filter, sort })) {
          expect(steps.filter(({ isSort, isScan }) => isSort || isScan)).toEqual([]);
          expect(steps.flatMap((step) => step.index ?? [])).toEqual([uses, ids]);
        }
        if (isPostgres) {
          const statement = await statementOf({ ...filter, sort });
          expect(await rowsLookedAt(service.database.url, statement)).toBeLessThanOrEqual(2 * 101);
        }
      }
    },
  );

  // PostgreSQL sorts where it has few rows to sort.
  if (!isPostgres)
    it.each(EXACT)('finds $name in the order of client_id without a sort', async ({ filter }) => {
      for (const sort of ['client_id', '-client_id'])
        for (const steps of await plansOf({ ...filter, sort }))
          expect(steps.filter(({ isSort }) => isSort)).toEqual([]);
    });

  it.each(BOTH_WAYS)('walks an index and sorts nothing for all clients by $sort', async ({ sort, index, beside }) => {
    const plans = await plansOf({ sort });
    for (const steps of plans) {
      expect(steps.filter(({ isSort }) => isSort)).toEqual([]);
      expect(steps.flatMap((step) => step.index ?? [])).toEqual([index, ...(beside ? [beside] : [])]);
    }
    // A later page begins where it begins, and does not walk there.
    expect(plans[1]?.filter(({ isScan }) => isScan)).toEqual([]);
  });

  it('gets a client by its primary key', async () => {
    const database = service.app.get(PreparedDatabase, { strict: false });
    const text = (isKey: string) => new ClientSql(database).find(isKey);
    const found = new KeyedRead<Client>(database, { label: 'find', text, keyOf: ({ id }) => id });
    const steps = await planOf(found.query([idOf(1), idOf(2)]));
    expect(steps.filter(({ isScan }) => isScan)).toEqual([]);
    expect(steps.flatMap(({ index }) => index ?? [])).toEqual([ids]);
  });

  it('reads what an authentication needs by the primary key and the index of secrets', async () => {
    await service.dataSource.query(
      `INSERT INTO oauth2_client_secret (id, client_id, hash, created_at, expires_at) SELECT substr(id, 1, 36), id, '', '', 0 FROM oauth2_client`,
    );
    await service.dataSource.query('ANALYZE');
    const steps = await planOf(service.get(Candidates).read.query([idOf(1), idOf(2)]));
    expect(steps.filter(({ isScan }) => isScan)).toEqual([]);
    expect(steps.flatMap(({ index }) => index ?? [])).toEqual([ids, 'oauth2_client_secret_client_id']);
  });

  it('counts the secrets that end soon by the index of those that end at all', async () => {
    // One in a hundred ends, a day after the one before it.
    const ends = `${Math.floor(Date.now() / 1000)} + i / 100 * 86400`;
    await service.dataSource.query(
      `INSERT INTO oauth2_client_secret (id, client_id, hash, created_at, expires_at)
       ${SERIES} SELECT 'end' || i, ${ID}, '', '', CASE WHEN i % 100 = 1 THEN ${ends} ELSE 0 END FROM series`,
    );
    await service.dataSource.query('ANALYZE');
    const queries = new Map(new Expiring(service.get(PreparedDatabase)).queries());
    const steps = await planOf(queries.get('secret') as Query);
    expect(steps.filter(({ isScan, isSort }) => isScan || isSort)).toEqual([]);
    expect(steps.flatMap(({ index }) => index ?? [])).toEqual(['oauth2_client_secret_expires_at']);
  });
});
