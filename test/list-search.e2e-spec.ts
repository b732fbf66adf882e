import { beforeAll, describe, expect, it } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import { postClient, request } from './support/http.js';
import { MERGE_PATCH } from './support/json-patch.js';
import { list } from './support/lists.js';
import { useService } from './support/use.js';

/** The ids of a list, or the first word of what is wrong. */
async function idsOf(url: string, query: Record<string, string>): Promise<unknown> {
  const { ids, refused } = await list(url, query);
  return refused ?? ids;
}

async function change(url: string, method: string, id: string, body?: object): Promise<Record<string, unknown>> {
  const headers = method === 'PATCH' ? { 'content-type': MERGE_PATCH } : undefined;
  const answer = await request(`${url}/admin/clients/${id}`, { method, body, headers });
  expect([method, answer.status]).toEqual([method, method === 'DELETE' ? 204 : 200]);
  return answer.body;
}

const LONG = 'l'.repeat(300);
const SEEDS = [
  { client_id: 'svc/billing.main', client_name: 'Müller & Söhne GmbH', owner: 'team_finance@example.com' },
  { client_id: 'SHOP-42', client_name: 'Web Shop', owner: 'Ops' },
  { client_id: 'café', client_name: '注文システム', owner: 'ΟΜΑΔΑ' },
  { client_id: 'x1', client_name: 'Shopping list', owner: 'web-team' },
  { client_id: '😀', client_name: `100% "quoted", it's`, owner: 'Ops' },
  { client_id: 'y2', client_name: `${LONG}x`, owner: 'İstanbul' },
];
/** What is searched, and what it finds. */
const SEARCHES: [search: string, ids: string[]][] = [
  ['shop', ['SHOP-42', 'x1']],
  ['SHOPP', ['x1']],
  ['sHo', ['SHOP-42', 'x1']],
  ['hop', []],
  ['web shop', ['SHOP-42', 'x1']],
  ['  we,sho  ', ['SHOP-42', 'x1']],
  ['shop shop SHOP', ['SHOP-42', 'x1']],
  ['shop list team', ['x1']],
  ['shop müller', []],
  ['42', ['SHOP-42']],
  ['4', ['SHOP-42']],
  ['shop-4', ['SHOP-42']],
  ['svc/billing.main', ['svc/billing.main']],
  ['finance', ['svc/billing.main']],
  ['team', ['svc/billing.main', 'x1']],
  ['exampl com', ['svc/billing.main']],
  ['MÜLL', ['svc/billing.main']],
  ['müller söhne gmbh', ['svc/billing.main']],
  ['muller', []],
  ['CAFÉ', ['café']],
  ['cafe', []],
  ['注文', ['café']],
  ['文', []],
  ['ομα', ['café']],
  ['ΟΜΑδα', ['café']],
  ['İST', ['y2']],
  ['100%', ['😀']],
  ['QUOTED 10', ['😀']],
  ['ops', ['SHOP-42', '😀']],
  ['l', ['x1', 'y2']],
  [LONG, ['y2']],
  [`${LONG}X`, ['y2']],
  [`${LONG.slice(1)}m`.slice(-250), []],
  ['sh_p', []],
];

describe.each(SETTINGS)('a search, $setting', ({ start, open }) => {
  const service = useService(start, open);
  beforeAll(async () => {
    for (const seed of SEEDS) expect((await postClient(service.url, seed)).status).toBe(201);
  });

  it.each(SEARCHES)('for %s finds those of whom words begin so', async (search, ids) => {
    expect(await idsOf(service.url, { search })).toEqual(ids);
  });

  it('finds each client by each beginning of its name, of its owner and of its id', async () => {
    for (const { client_id, client_name, owner } of SEEDS) {
      for (const text of [client_name, owner, client_id]) {
        const beginnings = Array.from(text, (_, index) =>
          Array.from(text)
            .slice(0, index + 1)
            .join(''),
        );
        for (const search of beginnings.filter((beginning) => /[\p{L}\p{N}]/u.test(beginning)).slice(0, 30))
          expect([search, await idsOf(service.url, { search })]).toEqual([search, expect.arrayContaining([client_id])]);
      }
    }
  });

  it.each(['_', '%', '&', '😀', ' ', '--', "'"])(
    'for %s is refused by its name, for it has no word',
    async (search) => {
      expect(await idsOf(service.url, { search })).toBe('search');
    },
  );

  it('takes letters for the same that are written in another way', async () => {
    const { body } = await postClient(service.url, { client_id: 'z9', client_name: 'ΟΔΟΣΑΣ ﬁxed re\u0301sume\u0301' });
    for (const search of ['ΟΔΟΣ', 'οδος', 'οδοσας', 'fixed', 'RÉSUMÉ'])
      expect([search, await idsOf(service.url, { search })]).toEqual([search, [body['client_id']]]);
    await change(service.url, 'DELETE', 'z9');
  });

  it('takes ten words and refuses eleven', async () => {
    const words = Array.from({ length: 11 }, (_, index) => `w${index}`);
    expect(await idsOf(service.url, { search: words.slice(1).join(' ') })).toEqual([]);
    expect(await idsOf(service.url, { search: words.join(' ') })).toBe('search');
  });
});

/** A client of the `turn`-th kind: all that it is found by is its own. */
const membersOf = (turn: number) => ({
  client_name: `Name${turn}`,
  owner: `Owner${turn}`,
  grant_types: [`grant${turn}`, 'same'],
  response_types: [`response${turn}`],
  scope: `scope${turn} same`,
  redirect_uris: [`https://turn${turn}.example.com/`, `https://turn${turn}.example.com/${'u'.repeat(1000)}`],
  token_endpoint_auth_method: ['none', 'client_secret_post', 'tls_client_auth'][turn],
  tls_client_auth_san_dns: 'orders.example.com',
});
const filtersOf = (turn: number): Record<string, string>[] => [
  { client_name: `Name${turn}` },
  { owner: `Owner${turn}` },
  { grant_type: `grant${turn}` },
  { response_type: `response${turn}` },
  { scope: `scope${turn}` },
  ...membersOf(turn).redirect_uris.map((redirect_uri) => ({ redirect_uri })),
  { token_endpoint_auth_method: membersOf(turn).token_endpoint_auth_method ?? '' },
  { search: `name${turn}` },
  { search: `owner${turn} turn` },
];
const UNCHANGED: Record<string, string>[] = [{ grant_type: 'same' }, { scope: 'same' }, { search: 'turning' }];

describe.each(SETTINGS)('a list after a change, $setting', ({ start, open }) => {
  const service = useService(start, open);
  beforeAll(async () => {
    await postClient(service.url, { client_id: 'bystander', grant_types: ['same'], scope: 'same', owner: 'turning' });
  });

  async function expectFound(id: string, filters: Record<string, string>[], isFound: boolean): Promise<void> {
    for (const filter of filters)
      expect([filter, await idsOf(service.url, { ...filter, client_id: id })]).toEqual([filter, isFound ? [id] : []]);
    for (const filter of filters) {
      const ids = (await idsOf(service.url, filter)) as unknown[];
      expect([filter, ids.includes(id), ids.includes('bystander')]).toEqual([
        filter,
        isFound,
        UNCHANGED.includes(filter),
      ]);
    }
  }

  it.each(['PUT', 'PATCH'])(
    'of %s finds the client by what it is now, and no longer by what it was',
    async (method) => {
      const id = `turning-${method}`;
      await postClient(service.url, { client_id: id, ...membersOf(0) });
      await expectFound(id, filtersOf(0), true);
      for (const turn of [1, 2]) {
        await change(service.url, method, id, membersOf(turn));
        await expectFound(id, filtersOf(turn), true);
        await expectFound(id, filtersOf(turn - 1), false);
        await expectFound(id, UNCHANGED, true);
      }
      await change(service.url, 'DELETE', id);
    },
  );

  it('finds it by its own words only, when a change is refused', async () => {
    await postClient(service.url, { client_id: 'turning-not', ...membersOf(0) });
    const bad = { ...membersOf(1), logo_uri: 'no URL' };
    const { status } = await request(`${service.url}/admin/clients/turning-not`, { method: 'PUT', body: bad });
    expect(status).toBe(400);
    await expectFound('turning-not', filtersOf(0), true);
    await expectFound('turning-not', filtersOf(1), false);
    await change(service.url, 'DELETE', 'turning-not');
  });

  it('shows the time of the last change where it filters and sorts by it', async () => {
    await postClient(service.url, { client_id: 'turning-time', owner: 'before' });
    await postClient(service.url, { client_id: 'turning-later', owner: 'before' });
    const { updated_at: updated } = await change(service.url, 'PATCH', 'turning-time', { owner: 'after' });
    const moment = Date.parse(String(updated));
    const updatedAfter = (time: number) =>
      idsOf(service.url, { client_id: 'turning-time', updated_after: new Date(time).toISOString() });
    expect(await updatedAfter(moment - 1)).toEqual(['turning-time']);
    expect(await updatedAfter(moment)).toEqual([]);
    await change(service.url, 'DELETE', 'turning-time');
    await change(service.url, 'DELETE', 'turning-later');
  });

  it('shows a removed client nowhere, and one of the same id by its own values only', async () => {
    await postClient(service.url, { client_id: 'turning-gone', ...membersOf(0) });
    await change(service.url, 'DELETE', 'turning-gone');
    await expectFound('turning-gone', filtersOf(0), false);
    expect(await idsOf(service.url, {})).toEqual(expect.not.arrayContaining(['turning-gone']));
    await postClient(service.url, { client_id: 'turning-gone', ...membersOf(1) });
    await expectFound('turning-gone', filtersOf(1), true);
    await expectFound('turning-gone', filtersOf(0), false);
    await change(service.url, 'DELETE', 'turning-gone');
  });
});
