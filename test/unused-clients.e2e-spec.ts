import { describe, expect, it } from '@jest/globals';
import { SETTINGS, startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { postClient, request } from './support/http.js';
import { list, pagesOf, type Query } from './support/lists.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const at = (minute: number) => new Date(Date.UTC(2020, 0, 31, 12, minute)).toISOString();

describe.each(SETTINGS)('the list of clients by their last use, $setting,', ({ start, open }) => {
  const service = useService(start, open);
  /** Creates a client of an own owner that was used last, or never and created, so many minutes after noon. */
  async function unused(owner: string, id: string, minute: number, members: object = {}): Promise<void> {
    expect((await postClient(service.url, { client_id: id, owner, ...members })).status).toBe(201);
    await service.dataSource.query(
      `UPDATE oauth2_client_use SET unused_since = '${at(minute)}' WHERE client_id = '${id}'`,
    );
  }
  const idsOf = async (query: Query) => (await list(service.url, query)).ids;

  it('holds those that were unused before a time, the longest unused first, and no others', async () => {
    for (const [id, minute] of Object.entries({ d: 1, c: 2, a: 3, b: 3, e: 4 })) await unused('times', id, minute);
    const before = (minute: number, more = {}) => idsOf({ owner: 'times', unused_since: at(minute), ...more });
    expect(await before(1)).toEqual([]);
    expect(await before(3)).toEqual(['d', 'c']);
    expect(await before(4)).toEqual(['d', 'c', 'a', 'b']);
    expect(await before(4, { sort: '-last_used_at' })).toEqual(['b', 'a', 'c', 'd']);
    expect(await before(4, { sort: 'client_id' })).toEqual(['a', 'b', 'c', 'd']);
    expect(await before(4, { sort: '-created_at' })).toEqual(['b', 'a', 'c', 'd']);
    expect(await idsOf({ owner: 'times', sort: '-last_used_at' })).toEqual(['e', 'b', 'a', 'c', 'd']);
    expect(await idsOf({ owner: 'times', unused_since: '' })).toEqual(['a', 'b', 'c', 'd', 'e']);
    // A time with an offset, and one with more digits than are stored.
    expect(await before(0, { unused_since: '2020-01-31T14:02:00.0001+02:00' })).toEqual(['d', 'c']);
  });

  it('meets the other filters, and counts', async () => {
    await unused('met', 'm1', 1, { scope: 'read' });
    await unused('met', 'm2', 2, { scope: 'write', client_name: 'Meeting' });
    await unused('met', 'm3', 3, { scope: 'write' });
    const among = async (query: Record<string, string>) => {
      const { ids, headers } = await list(service.url, {
        owner: 'met',
        unused_since: at(3),
        include_total: 'true',
        ...query,
      });
      return [ids, headers['x-total-count']];
    };
    expect(await among({})).toEqual([['m1', 'm2'], '2']);
    expect(await among({ scope: 'write' })).toEqual([['m2'], '1']);
    expect(await among({ search: 'mee' })).toEqual([['m2'], '1']);
    expect(await among({ client_id: 'm3' })).toEqual([[], '0']);
    expect(await among({ suspended: 'false', created_after: at(9), fields: 'client_id' })).toEqual([['m1', 'm2'], '2']);
  });

  it('goes on behind a page, also when clients of it have been used', async () => {
    for (let i = 0; i < 9; i += 1) await unused('paged', `p${i}`, Math.floor(i / 2));
    const all = Array.from({ length: 9 }, (_, i) => `p${i}`);
    for (const sort of ['', 'last_used_at', 'client_id']) {
      const query = { owner: 'paged', unused_since: at(9), page_size: '2', ...(sort && { sort }) };
      const found: string[][] = [];
      for await (const page of pagesOf(service.url, query)) found.push(page);
      expect(found).toEqual([['p0', 'p1'], ['p2', 'p3'], ['p4', 'p5'], ['p6', 'p7'], ['p8']]);
    }
    const pages: string[][] = [];
    for await (const page of pagesOf(service.url, { owner: 'paged', unused_since: at(9), page_size: '4' })) {
      pages.push(page);
      const used = { uses: page.map((client_id) => ({ client_id })) };
      expect((await request(`${service.url}/admin/clients/activity`, { method: 'POST', body: used })).status).toBe(202);
    }
    expect(pages.flat()).toEqual(all);
  });

  it('is refused for what is no time, and a token is of one time only', async () => {
    for (const time of ['yesterday', '2020-01-31', '1580472000'])
      expect(await list(service.url, { unused_since: time })).toMatchObject({ status: 400, refused: 'unused_since' });
    for (const id of ['t1', 't2']) await unused('token', id, 1);
    const { token } = await list(service.url, { owner: 'token', unused_since: at(2), page_size: '1' });
    const other = { owner: 'token', unused_since: at(3), page_size: '1', page_token: String(token) };
    expect(await list(service.url, other)).toMatchObject({ status: 400, refused: 'page_token' });
  });
});

describe.each(DATABASES)('owners, on $database,', ({ open }) => {
  const service = useService(startStandalone, open, { authenticators: [HONEST] });

  it('see only their own unused clients', async () => {
    for (const owner of ['a', 'b'])
      await request(`${service.url}/admin/clients`, {
        method: 'POST',
        body: { client_id: owner, owner },
        headers: as({}),
      });
    const { body } = await request(`${service.url}/admin/clients?unused_since=9999-01-01T00:00:00Z`, {
      headers: as({ owner: 'a', scopes: ['clients:read'] }),
    });
    expect(body).toMatchObject([{ client_id: 'a' }]);
    expect(body).toHaveLength(1);
  });
});
