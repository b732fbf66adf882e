import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SETTINGS, startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { postClient, request } from './support/http.js';
import { bytewise, list, pagesOf } from './support/lists.js';
import { useService } from './support/use.js';

/** Filters of a list. */
type Filter = Record<string, string>;

const SORTS = ['client_id', 'client_name', 'created_at', 'updated_at'].flatMap((sort) => [sort, `-${sort}`]);

describe.each(SETTINGS)('the pages of a list that changes, $setting', ({ start, open }) => {
  const service = useService(start, open);

  const scenario = fc.record({
    sort: fc.constantFrom(...SORTS),
    filter: fc.constantFrom<Filter>(
      {},
      { owner: 'run' },
      { scope: 'run' },
      { search: 'run' },
      { scope: 'run', owner: 'run' },
    ),
    size: fc.integer({ min: 1, max: 4 }),
    clients: fc.uniqueArray(
      fc.record({
        client_id: fc.string({ unit: fc.constantFrom('a', 'B', 'ä', '\uff5e', '😀', '-'), minLength: 1, maxLength: 4 }),
        client_name: fc.constantFrom('', 'a', 'B', 'ä', '\uff5e', '😀'),
      }),
      { selector: ({ client_id }) => client_id, minLength: 14, maxLength: 14 },
    ),
    /** Of those that are there when the first page is read. */
    first: fc.integer({ min: 4, max: 9 }),
    /** Between two pages: which one is removed, if any, and how many come. */
    changes: fc.array(fc.record({ removed: fc.option(fc.nat()), added: fc.integer({ min: 0, max: 2 }) }), {
      maxLength: 6,
    }),
  });

  it('show no client twice, and each that was there throughout', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ sort, filter, size, clients, first, changes }) => {
        await service.dataSource.query('DELETE FROM oauth2_client');
        const waiting = [...clients];
        const present: string[] = [];
        const removed = new Set<string>();
        const add = async (count: number) => {
          const added = waiting.splice(0, count);
          const answers = await Promise.all(
            added.map((client) => postClient(service.url, { ...client, owner: 'run', scope: 'run' })),
          );
          expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
          present.push(...added.map(({ client_id }) => client_id));
        };
        await add(first);
        const atFirst = [...present];
        const seen: string[] = [];
        let turn = 0;
        for await (const page of pagesOf(service.url, { ...filter, sort, page_size: String(size) })) {
          expect(page.filter((id) => removed.has(id))).toEqual([]);
          seen.push(...page);
          const { removed: choice, added = 0 } = changes[turn] ?? {};
          turn += 1;
          for (const id of typeof choice === 'number' ? present.splice(choice % present.length, 1) : []) {
            await request(`${service.url}/admin/clients/${encodeURIComponent(id)}`, { method: 'DELETE' });
            removed.add(id);
          }
          await add(added);
        }
        expect(seen).toEqual([...new Set(seen)]);
        expect(seen).toEqual(expect.arrayContaining(atFirst.filter((id) => !removed.has(id))));
      }),
      { numRuns: 25 },
    );
  });
});

/** Above and below 5,000 matches: the number at which a statement may begin with another condition. */
const SCOPES: Record<string, number> = { all: 5200, above: 5001, limit: 5000, few: 30 };
const NAMES = 7;
/** Each order is another one, and has ties. */
const LONG = Array.from({ length: 5200 }, (_, i) => ({
  i,
  client_id: String(10_000 + ((i * 7) % 5200)),
  client_name: `Name ${i % NAMES}`,
  created_at: `2026-01-01T00:00:00.${100 + ((i * 11) % 800)}Z`,
  updated_at: `2026-01-01T00:00:00.${100 + ((i * 13) % 900)}Z`,
}));
const SERIES = 'WITH RECURSIVE series(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM series WHERE i < 5199)';
const ID = `CAST(10000 + i * 7 % 5200 AS text)`;

// Which clients are on a page is the database's answer: how the registry is embedded changes nothing in it.
describe.each(DATABASES)('a list of more than five thousand, on $database', ({ open }) => {
  const service = useService(startStandalone, open);
  beforeAll(async () => {
    const time = (factor: number, range: number) => `'2026-01-01T00:00:00.' || (100 + i * ${factor} % ${range}) || 'Z'`;
    await service.dataSource.query(
      `INSERT INTO oauth2_client (id, version, shape, tag, document, name, owner, auth_method, registration_token_digest, created_at, updated_at)
       ${SERIES} SELECT ${ID}, 1, 1, 'tag', '{"client_id":"' || ${ID} || '"}', 'Name ' || (i % ${NAMES}), 'all', 'none', '', ${time(11, 800)}, ${time(13, 900)} FROM series`,
    );
    for (const [scope, count] of Object.entries(SCOPES))
      for (const kind of ['scope', 'word'])
        await service.dataSource.query(
          `INSERT INTO oauth2_client_term (kind, value, client_id) ${SERIES} SELECT '${kind}', '${scope}', ${ID} FROM series WHERE i < ${count}`,
        );
    if (service.dataSource.options.type === 'postgres') await service.dataSource.query('ANALYZE');
  });

  const FILTERS: Filter[] = [
    {},
    { owner: 'all' },
    ...Object.keys(SCOPES).flatMap((scope): Filter[] => [
      { scope },
      { search: scope },
      { scope, search: 'all', owner: 'all' },
    ]),
    { scope: 'above', search: 'limit' },
  ];
  /**
   * A descending order is the same statement read from its end, and by a time it differs from that by name in one column: one filter
   * of each kind shows them.
   */
  const FEWER: Filter[] = [{}, { scope: 'above', search: 'limit' }, { scope: 'few', search: 'all', owner: 'all' }];

  it.each(SORTS)('by %s has each client once, whatever the filters and however many they match', async (sort) => {
    const member = sort.replace('-', '') as 'client_id' | 'client_name' | 'created_at' | 'updated_at';
    const sign = sort.startsWith('-') ? -1 : 1;
    const sorted = LONG.toSorted(
      (one, other) => sign * (bytewise(one[member], other[member]) || bytewise(one.client_id, other.client_id)),
    );
    for (const filter of ['client_id', 'client_name'].includes(sort) ? FILTERS : FEWER) {
      const count = Math.min(...[filter['scope'], filter['search']].map((name) => SCOPES[name ?? ''] ?? LONG.length));
      const pages: string[][] = [];
      for await (const page of pagesOf(service.url, { ...filter, sort, page_size: '500' })) pages.push(page);
      const expected = sorted.filter(({ i }) => i < count).map(({ client_id }) => client_id);
      // As texts: Jest takes long to compare so many entries.
      expect({ filter, ids: pages.flat().join() }).toEqual({ filter, ids: expected.join() });
      const { headers } = await list(service.url, { ...filter, page_size: '1', include_total: 'true' });
      expect([filter, headers['x-total-count']]).toEqual([filter, String(count)]);
    }
  });
});
