import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pageToken } from '../src/http/query/page-token.js';
import { Changes, ClientsService } from '../src/index.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { SETTINGS, startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { changesIn, pause } from './support/changes.js';
import { request } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const MERGE = 'application/merge-patch+json';

describe.each(SETTINGS)('the changes of all clients, $setting', ({ start, open }) => {
  // The tests alone seal, by `list` and `ask`: the sealer would come between two commits on a slow machine.
  let waking: { mockRestore: () => void } | undefined;
  beforeAll(() => void (waking = jest.spyOn(Sealer.prototype, 'wake').mockImplementation(() => undefined)));
  afterAll(() => waking?.mockRestore());
  const service = useService(start, open);
  const ask = (query = '', headers: Record<string, string> = {}) =>
    request(`${service.url}/admin/changes${query}`, { headers });
  const placesIn = async (query: string) =>
    changesIn(await ask(query)).map(
      (change) => `${(change as unknown as { client_id: string }).client_id} ${change.version}`,
    );
  /** When the first and when the last change was sealed. */
  const sealedTimes = async () => {
    const changes = JSON.parse((await ask()).text) as { sealed_at: string }[];
    return [changes[0], changes.at(-1)] as [{ sealed_at: string }, { sealed_at: string }];
  };
  let middle = '';

  beforeAll(async () => {
    const clients = service.get(ClientsService);
    const alice = { type: 'jwt', id: 'alice', name: 'Alice' } as const;
    await clients.create({ client_id: 'one', owner: 'a' }, { actor: alice });
    await clients.create({ client_id: 'two', owner: 'b' });
    await clients.patch('one', { client_name: 'x' }, MERGE, { actor: alice });
    await service.get(Changes).list();
    await pause();
    middle = new Date().toISOString();
    await pause();
    await clients.patch('two', { client_name: 'y', scope: 'z' }, MERGE);
    await clients.remove('one');
  });

  it('are listed in the order of the journal, each sealed, also the one that was committed a moment ago', async () => {
    const changes = changesIn(await ask());
    expect(changes.map(({ position, version, kinds }) => [position, version, kinds[0]])).toEqual([
      [1, 1, 'client.created'],
      [2, 1, 'client.created'],
      [3, 2, 'client.updated'],
      [4, 2, 'client.updated'],
      [5, 3, 'client.deleted'],
    ]);
    expect(changes[0]).not.toHaveProperty('client');
    expect(await placesIn('?sort=-position')).toEqual(['one 3', 'two 2', 'one 2', 'two 1', 'one 1']);
  });

  it.each([
    ['client_id=one', ['one 1', 'one 2', 'one 3']],
    ['client_id=three', []],
    ['actor=alice', ['one 1', 'one 2']],
    ['kind=client.updated', ['one 2', 'two 2']],
    ['member=client_name', ['one 2', 'two 2']],
    ['member=scope', ['two 2']],
    ['kind=client.updated&actor=alice', ['one 2']],
    ['kind=client.updated&member=scope&client_id=two', ['two 2']],
    ['kind=client.deleted&actor=alice', []],
    ['kind=&actor=', ['one 1', 'two 1', 'one 2', 'two 2', 'one 3']],
    ['after=2999-01-01T00:00:00Z', []],
    ['before=2020-01-01T00:00:00Z', []],
  ])('are found by %s', async (query, expected) => {
    expect(await placesIn(`?${query}`)).toEqual(expected);
    expect(await placesIn(`?${query}&sort=-position`)).toEqual(expected.toReversed());
  });

  it('are found by the time at which they were sealed, alone and with other filters', async () => {
    expect(await placesIn(`?after=${middle}`)).toEqual(['two 2', 'one 3']);
    expect(await placesIn(`?before=${middle}`)).toEqual(['one 1', 'two 1', 'one 2']);
    expect(await placesIn(`?after=${middle}&before=${middle}`)).toEqual([]);
    expect(await placesIn(`?before=${middle}&kind=client.updated&sort=-position`)).toEqual(['one 2']);
    const [{ sealed_at: early }, { sealed_at: late }] = await sealedTimes();
    expect([await placesIn(`?before=${early}`), await placesIn(`?after=${late}`)]).toEqual([[], []]);
    // Times are stored in milliseconds; a finer one lies behind them.
    expect(await placesIn(`?before=${early.replace('Z', '9Z')}`)).toEqual(['one 1', 'two 1', 'one 2']);
    const justBefore = new Date(Date.parse(late) - 1).toISOString().replace('Z', '9Z');
    expect(await placesIn(`?after=${justBefore}`)).toEqual(['two 2', 'one 3']);
  });

  it.each(['', 'kind=client.updated&', 'kind=client.updated&member=client_name&', 'sort=-position&'])(
    'are read page by page, %s',
    async (filter) => {
      const all = await placesIn(`?${filter}`);
      const seen: string[] = [];
      for (let query: string | undefined = `?${filter}page_size=1`; query !== undefined;) {
        const answer = await ask(query);
        expect(changesIn(answer).length).toBeLessThanOrEqual(1);
        seen.push(...(await placesIn(query)));
        query = /<[^>]*(\?[^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1];
      }
      expect(seen).toEqual(all);
    },
  );

  it.each([
    ['colour=blue', 'colour'],
    ['kind=client.renamed', 'kind'],
    ['after=yesterday', 'after'],
    ['before=1', 'before'],
    ['sort=at', 'sort'],
    ['page_size=x', 'page_size'],
    ['page_token=YWJj', 'page_token'],
    [`page_token=${pageToken('["changes",[],null,null,false]', ['1; --'])}`, 'page_token'],
    [`page_token=${pageToken('["changes",[],null,null,false]', ['9'.repeat(19)])}`, 'page_token'],
    ['actor=%00', 'actor'],
    [`client_id=${'x'.repeat(256)}`, 'client_id'],
  ])('are refused by %s', async (query, word) => {
    const { status, body } = await ask(`?${query}`);
    expect([status, body['error_description']]).toEqual([400, expect.stringMatching(new RegExp(`^${word} `))]);
  });

  it('are not shown by the token of another list', async () => {
    const link = (await ask('?page_size=1')).headers['link'];
    const [, token = ''] = /page_token=([^&>]+)>; rel="next"/.exec(String(link)) ?? [];
    expect((await ask(`?page_token=${token}`)).status).toBe(200);
    expect((await ask(`?page_token=${token}&actor=alice`)).status).toBe(400);
  });
});

describe.each(SETTINGS)('changes by actors with unusual names, $setting,', ({ start, open }) => {
  const service = useService(start, open);

  it('are sealed and found as all others', async () => {
    const clients = service.get(ClientsService);
    const long = 'a'.repeat(600);
    for (const id of [long, 'with\0zero', `${long}b`, 'plain'])
      await clients.create({}, { actor: { type: 'host', id, name: '' } });
    const list = async (actor: string) => (await service.get(Changes).list({ actor })).changes;
    expect((await list(long)).map(({ position }) => position)).toEqual([1]);
    expect((await list('plain')).map(({ position }) => position)).toEqual([4]);
    expect((await service.get(Changes).list()).changes.map(({ actor }) => actor.id[4])).toEqual(['a', '\0', 'a', 'n']);
  });
});

describe.each(DATABASES)('the changes that an owner sees, on $database,', ({ open }) => {
  const service = useService(startStandalone, open, { authenticators: [HONEST] });

  it('are those after which a client was its own, whatever it asks for', async () => {
    const clients = service.get(ClientsService);
    await clients.create({ client_id: 'one', owner: 'a' });
    await clients.create({ client_id: 'two', owner: 'b' });
    await clients.patch('one', { owner: 'b' }, MERGE);
    const seen = async (owner: string, query = '') =>
      changesIn(
        await request(`${service.url}/admin/changes${query}`, { headers: as({ owner, scopes: ['journal:read'] }) }),
      ).map(({ position }) => position);
    expect([await seen('a'), await seen('b'), await seen('c')]).toEqual([[1], [2, 3], []]);
    expect([await seen('a', '?client_id=one'), await seen('a', '?client_id=two')]).toEqual([[1], []]);
    expect([await seen('b', '?kind=client.updated'), await seen('a', '?kind=client.updated')]).toEqual([[3], []]);
    const { changes } = await service
      .get(Changes)
      .list({ page_size: 9 }, { actor: { type: 'host', id: '', name: '', owner: 'a' } });
    expect(changes.map(({ position }) => position)).toEqual([1]);
  });

  it('with filters that rarely meet, take several short pages, and none is lost', async () => {
    const COUNT = 2500;
    const series = `WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${COUNT})`;
    const add = (kind: string, value: string, where: string) =>
      service.dataSource.query(
        `INSERT INTO oauth2_client_change_term (kind, value, position) ${series} SELECT '${kind}', '${value}', 3 + i FROM series WHERE ${where}`,
      );
    // Members and kinds take turns, and meet four times, once behind the first page. An owner has all but the last.
    await add('member', 'many', 'i % 2 = 0');
    await add('kind', 'client.updated', `i % 2 = 1 AND i <> 2001 OR i IN (1000, 2002, ${COUNT - 2}, ${COUNT})`);
    await add('owner', 'most', `i < ${COUNT}`);
    await service.dataSource.query(
      `INSERT INTO oauth2_client_change (id, client_id, tag, version, owner, at, kinds, document, secrets, actor, members, position, sealed_at, seal)
       ${series} SELECT '019b76c2-8f00-7a3c-9a59-0b7c1b0f3f0e', 'filled', 'tag', i, '', '2026-01-31T12:00:00.000Z', '["client.updated"]', '{}', '[]', '{"type":"host","id":"","name":""}', '["many"]', 3 + i, '2999-01-31T12:00:00.000Z', '' FROM series`,
    );
    const pagesOf = async (sort: string, principal = {}) => {
      const pages: number[][] = [];
      for (let query: string | undefined = `?member=many&kind=client.updated&sort=${sort}`; query !== undefined;) {
        const answer = await request(`${service.url}/admin/changes${query}`, { headers: as(principal) });
        pages.push(changesIn(answer).map(({ position: at }) => Number(at)));
        query = /<[^>]*(\?[^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1];
      }
      return pages;
    };
    const found = [1003, 2005, COUNT + 1, COUNT + 3];
    expect(await pagesOf('position')).toEqual([found.slice(0, 1), found.slice(1)]);
    expect((await pagesOf('-position')).flat()).toEqual(found.toReversed());
    expect((await pagesOf('position', { owner: 'most', scopes: ['journal:read'] })).flat()).toEqual(found.slice(0, 3));
  });

  it('are all on one page if one filter finds few, however many the others find', async () => {
    await service.dataSource.query(
      `INSERT INTO oauth2_client_change_term (kind, value, position) VALUES ('kind', 'client.suspended', 2403)`,
    );
    for (const query of ['?kind=client.suspended', '?kind=client.suspended&sort=-position', '?kind=client.restored']) {
      const answer = await request(`${service.url}/admin/changes${query}`, {
        headers: as({ owner: 'most', scopes: ['journal:read'] }),
      });
      expect(changesIn(answer).map(({ position }) => position)).toEqual(query.endsWith('restored') ? [] : [2403]);
      expect(answer.headers['link']).not.toContain('rel="next"');
    }
  });
});
