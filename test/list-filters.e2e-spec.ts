import { beforeAll, describe, expect, it } from '@jest/globals';
import { ClientStateService } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { postClient } from './support/http.js';
import { bytewise, follow, list, type Query } from './support/lists.js';
import { useService } from './support/use.js';

/** The ids of a list, which must be one page. */
async function idsOf(url: string, query: Query): Promise<string[]> {
  const { status, next, ids: found } = await list(url, query);
  expect([query, status, next]).toEqual([query, 200, undefined]);
  return found;
}

const longUri = (end: string) => `https://app.example.com/${'u'.repeat(2023)}${end}`;
const LONG_GRANT = 'g'.repeat(1024);

interface Seed {
  client_id: string;
  client_name: string;
  owner: string;
  grant_types: string[];
  response_types: string[];
  scope: string;
  redirect_uris: string[];
  token_endpoint_auth_method: string;
  created: string;
  updated: string;
  suspended: boolean;
}

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, seconds)).toISOString();
const BASE: Seed = {
  client_id: 'orders-web',
  client_name: 'Orders web',
  owner: 'team-orders',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: 'openid orders:read',
  redirect_uris: ['https://app.example.com/cb', longUri('1')],
  token_endpoint_auth_method: 'client_secret_basic',
  created: at(0),
  updated: at(9),
  suspended: false,
};
const SEEDS: Seed[] = [
  BASE,
  { ...BASE, client_id: 'Orders-Web', client_name: 'orders web', owner: 'Team-Orders', created: at(1), updated: at(8) },
  {
    ...BASE,
    client_id: 'ü',
    client_name: 'Orders web ',
    suspended: true,
    redirect_uris: [longUri('2')],
    created: at(2),
    updated: at(8),
  },
  {
    ...BASE,
    client_id: 'batch',
    client_name: `100% "a" 'b' \\ _`,
    owner: '%',
    grant_types: ['client_credentials', LONG_GRANT],
    response_types: [],
    scope: 'OPENID  orders',
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_post',
    created: at(3),
    updated: at(7),
  },
  {
    ...BASE,
    client_id: 'spa',
    suspended: true,
    grant_types: ['authorization_code', 'Client_Credentials', `${LONG_GRANT.slice(1)}G`],
    response_types: ['code', 'code id_token'],
    scope: 'openid:extra orders:read',
    redirect_uris: ['https://app.example.com/CB', 'https://app.example.com/cb?x=1&y=a+b'],
    token_endpoint_auth_method: 'none',
    created: at(3),
    updated: at(10),
  },
  {
    ...BASE,
    client_id: 'empty',
    client_name: '',
    owner: '',
    scope: 'rare',
    redirect_uris: [],
    created: at(4),
    updated: at(7),
  },
];

interface Filter {
  name: string;
  values: string[];
  holds: (seed: Seed) => boolean;
}

const exact = (name: 'client_name' | 'owner' | 'token_endpoint_auth_method', ...values: string[]): Filter[] =>
  values.map((value) => ({ name, values: [value], holds: (seed) => seed[name] === value }));
const within = (name: string, valuesOf: (seed: Seed) => string[], ...values: string[]): Filter[] =>
  values.map((value) => ({ name, values: [value], holds: (seed) => valuesOf(seed).includes(value) }));
const during = (name: string, holds: (seed: Seed, bound: number) => boolean, ...bounds: string[]): Filter[] =>
  bounds.map((bound) => ({ name, values: [bound], holds: (seed) => holds(seed, Date.parse(bound)) }));
const ids = (...values: string[]): Filter => ({
  name: 'client_id',
  values,
  holds: ({ client_id }) => values.includes(client_id),
});

const FILTERS: Filter[] = [
  ids('ü'),
  ids('orders-web', 'ü', 'nobody', 'empty', 'ü'),
  ids('ORDERS-WEB', 'nobody'),
  ...exact('client_name', 'Orders web', 'orders web', 'Orders web ', `100% "a" 'b' \\ _`, 'Orders'),
  ...exact('owner', 'team-orders', 'Team-Orders', '%'),
  ...exact('token_endpoint_auth_method', 'client_secret_basic', 'none', 'NONE', 'private_key_jwt'),
  ...within('grant_type', (seed) => seed.grant_types, 'authorization_code', 'client_credentials', 'Client_Credentials'),
  ...within('grant_type', (seed) => seed.grant_types, LONG_GRANT, LONG_GRANT.slice(1), 'authorization'),
  ...within('response_type', (seed) => seed.response_types, 'code', 'code id_token', 'id_token'),
  ...within('scope', (seed) => seed.scope.split(/ +/), 'openid', 'OPENID', 'orders', 'orders:read', 'openid orders'),
  ...within('redirect_uri', (seed) => seed.redirect_uris, 'https://app.example.com/cb', 'https://app.example.com/CB'),
  ...within('redirect_uri', (seed) => seed.redirect_uris, longUri('1'), longUri('2'), longUri('3')),
  ...within('redirect_uri', (seed) => seed.redirect_uris, 'https://app.example.com/cb?x=1&y=a+b', 'https://app'),
  ...during('created_after', ({ created }, bound) => Date.parse(created) > bound, at(-1), at(0), at(3), at(4)),
  ...during('created_before', ({ created }, bound) => Date.parse(created) < bound, at(0), at(3), at(5)),
  ...during('updated_after', ({ updated }, bound) => Date.parse(updated) > bound, at(7), at(8), at(10)),
  { name: 'suspended', values: ['true'], holds: ({ suspended }) => suspended },
  { name: 'suspended', values: ['false'], holds: ({ suspended }) => !suspended },
  { name: 'search', values: ['ORDERS w'], holds: ({ client_id }) => /^(orders-web|ü|spa)$/i.test(client_id) },
  { name: 'search', values: ['team'], holds: ({ owner }) => /team/i.test(owner) },
];
const pairs = FILTERS.flatMap((one, index) =>
  FILTERS.slice(index + 1).flatMap((other) => (other.name === one.name ? [] : [[one, other]])),
);

describe.each(SETTINGS)('the filters of a list, $setting', ({ start, open }) => {
  const service = useService(start, open);
  beforeAll(async () => {
    for (const { created, updated, suspended, ...members } of SEEDS) {
      expect((await postClient(service.url, members)).status).toBe(201);
      if (suspended) await service.get(ClientStateService).suspend(members.client_id);
      await service.dataSource.query(
        `UPDATE oauth2_client SET created_at = '${created}', updated_at = '${updated}' WHERE id = '${members.client_id}'`,
      );
    }
  });

  const queryOf = (filters: Filter[]) =>
    filters.flatMap(({ name, values }) => values.map((value): [string, string] => [name, value]));
  const matchesOf = (filters: Filter[]) => SEEDS.filter((seed) => filters.every(({ holds }) => holds(seed)));

  async function expectInOrder(filters: Filter[]): Promise<void> {
    const query = queryOf(filters);
    const inOrder = matchesOf(filters)
      .map(({ client_id }) => client_id)
      .toSorted(bytewise);
    expect([query, await idsOf(service.url, query)]).toEqual([query, inOrder]);
  }

  async function expectLatest(filters: Filter[]): Promise<void> {
    const query = queryOf(filters);
    const latest = matchesOf(filters).toSorted(
      (one, other) => bytewise(other.updated, one.updated) || bytewise(other.client_id, one.client_id),
    );
    expect([query, await idsOf(service.url, [...query, ['sort', '-updated_at']])]).toEqual([
      query,
      latest.map(({ client_id }) => client_id),
    ]);
  }

  it.each(FILTERS.map((filter) => ({ ...filter, shown: filter.values.join(' and ').slice(0, 40) })))(
    '$name $shown gives exactly the clients that have it',
    async (filter) => {
      await expectInOrder([filter]);
      await expectLatest([filter]);
    },
  );

  it('two filters give exactly the clients that have both', async () => {
    const common = pairs.filter((pair) => SEEDS.some((seed) => pair.every(({ holds }) => holds(seed))));
    expect(common.length).toBeGreaterThan(100);
    // Each pair in one of the orders: those of the same two names are one statement.
    for (const [index, pair] of pairs.entries()) await (index % 2 === 0 ? expectInOrder(pair) : expectLatest(pair));
  });

  it('several client_ids, some of them doubled, do not double a client', async () => {
    const query = ['batch', 'spa', 'batch', 'Spa'].map((id): [string, string] => ['client_id', id]);
    expect(await idsOf(service.url, query)).toEqual(['batch', 'spa']);
  });

  it.each([
    ['2026-01-31T12:00:03Z', ['empty']],
    ['2026-01-31t12:00:03z', ['empty']],
    ['2026-01-31T12:00:03.000000Z', ['empty']],
    ['2026-01-31T12:00:02.9999Z', ['batch', 'empty', 'spa']],
    ['2026-01-31T12:00:03.0001Z', ['empty']],
    ['2026-01-31T14:30:03%2B02:30', ['empty']],
    ['2026-01-31T14:30:03+02:30', ['empty']],
    ['2026-01-31T14:30:03.000000%2B0230', ['empty']],
    ['2026-01-31T14:30:03+0230', ['empty']],
    ['2026-01-30T23:00:03-13:00', ['empty']],
    ['2026-01-30T23:00:03-1300', ['empty']],
    ['2026-01-31T12:00:03-00:00', ['empty']],
  ])('understands created_after=%s', async (time, expected) => {
    const { clients } = await follow(`${service.url}/admin/clients?created_after=${time}&fields=client_id`);
    expect(clients).toEqual(expected.map((client_id) => ({ client_id })));
  });

  it('counts what is finer than a millisecond on both sides', async () => {
    const [before, after] = ['created_before', 'created_after'];
    const some = { client_id: 'orders-web' };
    expect(await idsOf(service.url, { ...some, [before]: '2026-01-31T12:00:00.00000001Z' })).toEqual(['orders-web']);
    expect(await idsOf(service.url, { ...some, [before]: '2026-01-31T12:00:00.00000000Z' })).toEqual([]);
    expect(await idsOf(service.url, { ...some, [after]: '2026-01-31T11:59:59.99999999Z' })).toEqual(['orders-web']);
    expect(await idsOf(service.url, { ...some, [after]: '2026-01-31T12:00:00.00000000Z' })).toEqual([]);
  });

  it.each([
    '2026-01-31',
    '2026-01-31T12:00:00',
    '2026-01-31 12:00:00Z',
    '2026-01-31T12:00Z',
    '2026-1-31T12:00:00Z',
    '2026-01-32T12:00:00Z',
    '2026-02-30T12:00:00Z',
    '2026-02-28T24:00:00Z',
    '2026-13-31T12:00:00Z',
    '2026-01-31T25:00:00Z',
    '2026-01-31T12:60:00Z',
    '2026-01-31T12:00:00.Z',
    '2026-01-31T12:00:00+2:00',
    '2026-01-31T12:00:00+020',
    '2026-01-31T12:00:00+9999',
    '2026-01-31T12:00:00+99:99',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
    '+002026-01-31T12:00:00Z',
    'Sat, 31 Jan 2026 12:00:00 GMT',
    '1769860800',
    'yesterday',
  ])('names the parameter whose time is %s', async (time) => {
    for (const name of ['created_after', 'created_before', 'updated_after'])
      expect(await list(service.url, { [name]: time })).toMatchObject({ status: 400, refused: name });
  });
});
