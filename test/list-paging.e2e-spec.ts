import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { SETTINGS } from './support/app.js';
import { postClient } from './support/http.js';
import { bytewise, follow, list, pagesOf, type Query } from './support/lists.js';
import { useService } from './support/use.js';

/** All pages, by their links. */
async function allPages(url: string, query: Query): Promise<string[][]> {
  const pages: string[][] = [];
  for await (const page of pagesOf(url, query)) pages.push(page);
  return pages;
}

/** In bytes U+FF5E comes before an emoji, in UTF-16 after it; in other orders case and accents count less than here. */
const IDS = [
  'a',
  'B',
  'b',
  'Z',
  'z',
  'Ä',
  'ä',
  'a\u0308',
  '\uff5e',
  '😀',
  'a b',
  'a-b',
  'a/b',
  '_',
  '10',
  '9',
  'ab',
  'É',
];
const NAMES = ['', 'web', 'Web', 'über', 'Über', '\uff5e', '😀', 'w e', 'we'];
const at = (milliseconds: number) => new Date(Date.UTC(2026, 0, 1) + milliseconds).toISOString();
/** Ties in every order but that of ids. */
const SEEDS = IDS.map((client_id, index) => ({
  client_id,
  client_name: NAMES[(index * 7) % NAMES.length] ?? '',
  created_at: at((index * 5) % 6),
  updated_at: at((index * 11) % 4),
}));
const SORTS = (['client_id', 'client_name', 'created_at', 'updated_at'] as const).flatMap((member) => [
  { sort: member, member, sign: 1 },
  { sort: `-${member}`, member, sign: -1 },
]);

describe.each(SETTINGS)('the order and the pages of a list, $setting', ({ start, open }) => {
  const service = useService(start, open);
  beforeAll(async () => {
    for (const { client_id, client_name, created_at, updated_at } of SEEDS) {
      expect((await postClient(service.url, { client_id, client_name, owner: 'all', scope: 'all' })).status).toBe(201);
      await service.dataSource.query(
        `UPDATE oauth2_client SET created_at = '${created_at}', updated_at = '${updated_at}' WHERE id = '${client_id}'`,
      );
    }
  });

  it.each(SORTS)(
    'by $sort is bytewise, ties by id, and the same on pages of any size',
    async ({ sort, member, sign }) => {
      const sorted = SEEDS.toSorted(
        (one, other) => sign * (bytewise(one[member], other[member]) || bytewise(one.client_id, other.client_id)),
      ).map(({ client_id }) => client_id);
      for (const filter of [
        {},
        { owner: 'all' },
        { scope: 'all' },
        { search: 'all' },
        { created_after: at(-1) },
      ] as Record<string, string>[]) {
        expect([filter, (await list(service.url, { ...filter, sort })).ids]).toEqual([filter, sorted]);
        for (const size of [1, 2, 7]) {
          const pages = await allPages(service.url, { ...filter, sort, page_size: String(size) });
          expect([filter, size, pages.flat()]).toEqual([filter, size, sorted]);
          expect(pages).toHaveLength(Math.ceil(IDS.length / size));
        }
      }
    },
  );

  it('is that of client_id when none is asked for', async () => {
    const byId = IDS.toSorted(bytewise);
    expect((await list(service.url)).ids).toEqual(byId);
    expect((await allPages(service.url, { page_size: '5', sort: '' })).flat()).toEqual(byId);
  });

  it('has a next page only while there is more', async () => {
    const sizes = [17, 18, 19].map(String);
    const nexts = await Promise.all(sizes.map(async (page_size) => (await list(service.url, { page_size })).next));
    expect(nexts.map((next) => next !== undefined)).toEqual([true, false, false]);
  });

  it.each([
    ['', 100],
    ['0', 100],
    ['-0', 100],
    ['-1', 100],
    ['-9999', 100],
    ['1', 1],
    ['007', 7],
    ['499', 499],
    ['500', 500],
    ['501', 500],
    ['999999999999999', 500],
  ])('takes page_size=%s for %s', async (page_size, size) => {
    const { ids, headers } = await follow(`${service.url}/admin/clients?page_size=${page_size}`);
    expect(ids).toHaveLength(Math.min(size, IDS.length));
    expect(headers['link']).toContain(`?page_size=${size}&`);
  });

  it.each(['abc', '1.5', '1e3', '0x10', '5 ', ' 5', '+5', '--5', '-', '5,5', '٣', 'Infinity', 'null'])(
    'names page_size when it is %s',
    async (page_size) => {
      expect(await list(service.url, { page_size })).toMatchObject({ status: 400, refused: 'page_size' });
    },
  );

  it('leads on with another page size, other fields and a total', async () => {
    const { ids, token: page_token = '' } = await list(service.url, { page_size: '3', sort: '-client_name' });
    const rest = await list(service.url, { page_token, page_size: '100', sort: '-client_name', include_total: 'true' });
    expect(rest.next).toBeUndefined();
    expect([...ids, ...rest.ids]).toEqual((await list(service.url, { sort: '-client_name' })).ids);
    const shown = await list(service.url, { page_token, page_size: '1', sort: '-client_name', fields: 'client_id' });
    expect(shown.ids).toEqual(rest.ids.slice(0, 1));
  });

  it('begins again by its first link', async () => {
    const { next = '' } = await list(service.url, { page_size: '4', sort: '-created_at' });
    const link = (await follow(next)).headers['link'] ?? '';
    const first = await follow(new URL(/<([^>]*)>; rel="first"/.exec(link)?.[1] ?? '', service.url));
    expect(first.ids).toEqual((await list(service.url, { page_size: '4', sort: '-created_at' })).ids);
  });

  async function expectNoToken(page_token: string, query: Record<string, string> = {}): Promise<void> {
    const { status, refused } = await list(service.url, { ...query, page_token });
    expect([page_token, status, refused]).toEqual([page_token, 400, 'page_token']);
  }

  it.each(['client_id', '-client_name'])('takes no token that was changed, by %s', async (sort) => {
    const { token = '' } = await list(service.url, { page_size: '2', sort });
    expect((await list(service.url, { page_token: token, sort })).status).toBe(200);
    for (const [index, character] of [...token].entries()) {
      const other = character === 'A' ? 'B' : 'A';
      await expectNoToken(token.slice(0, index) + other + token.slice(index + 1), { sort });
    }
    for (let length = 1; length < token.length; length += 1) await expectNoToken(token.slice(0, length), { sort });
    for (const text of [`${token}A`, `${token}=`, `A${token}`, `${token} `, token + token, token.toLowerCase()])
      await expectNoToken(text, { sort });
  });

  it.each(['x', '%', '[]', 'null', '../..', "' OR 1=1", '😀', 'A'.repeat(16), 'A'.repeat(8192)])(
    'takes no %s for a token',
    (text) => expectNoToken(text),
  );

  it('takes no token of another filter or another sort', async () => {
    const lists: Record<string, string>[] = [
      {},
      { owner: 'all' },
      { client_name: 'all' },
      { scope: 'all' },
      { owner: 'all', scope: 'all' },
      { search: 'all' },
      { created_after: at(-1) },
      { updated_after: at(-1) },
      ...SORTS.slice(1).map(({ sort }) => ({ sort })),
    ];
    const tokens = await Promise.all(
      lists.map(
        async (query) => /page_token=([\w-]+)/.exec((await list(service.url, query)).headers['link'] ?? '')?.[1] ?? '',
      ),
    );
    const nexts = await Promise.all(
      lists.map(async (query) => (await list(service.url, { ...query, page_size: '1' })).token),
    );
    for (const [index, query] of lists.entries()) {
      expect((await list(service.url, { ...query, page_token: tokens[index] ?? '' })).status).toBe(200);
      const foreign = [...tokens, ...nexts].filter((token, other) => token && other % lists.length !== index);
      for (const token of foreign) await expectNoToken(token ?? '', query);
    }
  });

  describe('given a token that somebody made up', () => {
    const ID = '[[],"id",false]';
    const NAME = '[[],"name",true]';
    const forged = (binding: string, json: string) => {
      const digest = createHash('sha256').update(`${binding}\0${json}`).digest().subarray(0, 12);
      return Buffer.concat([digest, Buffer.from(json)]).toString('base64url');
    };

    it('answers as to one of its own, if it could be one', async () => {
      const byId = IDS.toSorted(bytewise);
      expect((await list(service.url, { page_token: forged(ID, '["Z"]') })).ids).toEqual(
        byId.slice(byId.indexOf('Z') + 1),
      );
      for (const id of ['', "'; --", '\u{10ffff}', 'x'.repeat(5000)])
        expect((await list(service.url, { page_token: forged(ID, JSON.stringify([id])) })).status).toBe(200);
      const name = { sort: '-client_name', page_token: forged(NAME, '["\u{10ffff}",""]') };
      expect((await list(service.url, name)).ids).toHaveLength(IDS.length);
    });

    it.each([
      '[5]',
      '[null]',
      '[true]',
      '[{}]',
      '[["a"]]',
      '["a\\u0000"]',
      '["\\ud800"]',
      '["a","b"]',
      '{"0":"a","length":1}',
      '"a"',
      'null',
      'nonsense',
      '["a"',
      '',
    ])('names page_token when its position is %s, and one id is asked for', (json) => expectNoToken(forged(ID, json)));

    it.each([
      '["a"]',
      '["a",5]',
      '[null,"a"]',
      '["a","b\\u0000"]',
      '["\\udc00","a"]',
      '["a","b","c"]',
      '{"length":2}',
      '',
      '1',
    ])('names page_token when its position is %s, and a name and an id are asked for', (json) =>
      expectNoToken(forged(NAME, json), { sort: '-client_name' }),
    );
  });
});
