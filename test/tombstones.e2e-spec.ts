import { beforeAll, describe, expect, it } from '@jest/globals';
import { ClientsService, ClientStateService, runInTransaction, Tombstones, type Actor } from '../src/index.js';
import { SETTINGS, startStandalone } from './support/app.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { request } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const ALICE: Actor = { type: 'jwt', id: 'alice', name: 'Alice', address: '192.0.2.1' };
const DAY = 86_400_000;

describe.each(SETTINGS)('the removed clients, $setting', ({ start, open }) => {
  const service = useService(start, open);
  const ask = (query = '') => request(`${service.url}/admin/tombstones${query}`);
  const idsIn = ({ text }: { text: string }): string[] =>
    (JSON.parse(text) as { client_id: string }[]).map(({ client_id: id }) => id);
  const nextOf = ({ headers }: Awaited<ReturnType<typeof ask>>): string | undefined =>
    /<[^>]*(\?[^>]*)>; rel="next"/.exec(String(headers['link']))?.[1];

  /** Creates clients one after the other and removes them in the same order. */
  async function remove(...ids: string[]): Promise<void> {
    const clients = service.get(ClientsService);
    for (const id of ids) await clients.create({ client_id: id, client_name: `Name of ${id}`, owner: 'team' });
    for (const id of ids) await clients.remove(id, { actor: ALICE });
  }

  beforeAll(() => remove('one', 'two', 'three'));

  it('are listed, the last removed first, with who removed them and until when they can be restored', async () => {
    const answer = await ask();
    expect([answer.status, idsIn(answer)]).toEqual([200, ['three', 'two', 'one']]);
    const [three] = JSON.parse(answer.text) as Record<string, string>[];
    expect(three).toEqual({
      client_id: 'three',
      client_name: 'Name of three',
      owner: 'team',
      tag: expect.stringMatching(/^[\w-]{12}$/),
      version: 2,
      deleted_at: expect.stringMatching(/^20.*Z$/),
      deleted_by: { type: 'jwt', id: 'alice', name: 'Alice', address: '192.0.2.1' },
      restorable_until: expect.any(String),
    });
    const { deleted_at: from = '', restorable_until: until = '' } = three ?? {};
    expect(Date.parse(until) - Date.parse(from)).toBe(30 * DAY);
    const page = await service.get(Tombstones).list();
    expect([page.json, page.tombstones[0]]).toEqual([answer.text, three]);
  });

  it('are found by id and by owner', async () => {
    await service.get(ClientsService).create({ client_id: 'nobodys' });
    await service.get(ClientsService).remove('nobodys');
    const found = await Promise.all(
      ['?client_id=two', '?client_id=none', '?owner=team', '?owner=other', '?owner=team&client_id=nobodys'].map(
        async (query) => idsIn(await ask(query)),
      ),
    );
    expect(found).toEqual([['two'], [], ['three', 'two', 'one'], [], []]);
    await service.get(ClientStateService).restore('nobodys');
  });

  it('come page by page, while further ones are removed', async () => {
    const first = await ask('?page_size=2&owner=team');
    expect(idsIn(first)).toEqual(['three', 'two']);
    await remove('four');
    const second = await ask(nextOf(first));
    expect([idsIn(second), nextOf(second)]).toEqual([['one'], undefined]);
    expect(nextOf(first)).toContain('owner=team');
    const tampered = await ask(`${nextOf(first)}&client_id=one`);
    expect(tampered.status).toBe(400);
    await service.get(ClientStateService).restore('four');
  });

  it('are those that can be restored: no earlier life, none whose id is taken, none that is restored or over', async () => {
    const [clients, states] = [service.get(ClientsService), service.get(ClientStateService)];
    await remove('again', 'taken', 'restored', 'over');
    await remove('again');
    await clients.create({ client_id: 'taken' });
    await states.restore('restored');
    const ago = new Date(Date.now() - 30 * DAY - 60_000).toISOString();
    await service.dataSource.query(`UPDATE oauth2_client_tombstone SET deleted_at = '${ago}' WHERE client_id = 'over'`);
    expect(idsIn(await ask())).toEqual(['again', 'three', 'two', 'one']);
    // Earlier lives are left out of a page, which may so be empty; the next one goes on.
    const pages: string[][] = [];
    for (let query: string | undefined = '?page_size=1'; query !== undefined;) {
      const page = await ask(query);
      pages.push(idsIn(page));
      query = nextOf(page);
    }
    expect([pages.flat(), pages.filter(({ length }) => length === 0).length]).toEqual([
      ['again', 'three', 'two', 'one'],
      2,
    ]);
    for (const id of ['again', 'three']) await states.restore(id);
    expect(idsIn(await ask())).toEqual(['two', 'one']);
  });

  it('are read in the transaction of the host', async () => {
    const listed = await runInTransaction(service.dataSource, async (manager) => {
      await service.get(ClientsService).remove('three', { manager });
      const { tombstones } = await service.get(Tombstones).list({ page_size: 1 }, { manager });
      await service.get(ClientStateService).restore('three', { manager });
      return tombstones.map(({ client_id: id }) => id);
    });
    expect(listed).toEqual(['three']);
  });

  it.each([
    ['?page_size=all', 'page_size must be a whole number'],
    ['?sort=owner', 'sort is not a query parameter of this list.'],
    ['?page_token=x', 'page_token must be one that this list has returned'],
    [`?client_id=${'x'.repeat(256)}`, 'client_id must not be longer than 255 characters.'],
    ['?owner=%00', 'owner must not contain NUL.'],
  ])('are refused with 400 for %j', async (query, message) => {
    const { status, body } = await ask(query);
    expect([status, body['error_description']]).toEqual([400, expect.stringContaining(message)]);
  });
});

describe.each(DATABASES)('the removed clients, on $database,', ({ open }) => {
  const service = useService(startStandalone, open, { authenticators: [HONEST] });

  it('of a principal with an owner are its own', async () => {
    const clients = service.get(ClientsService);
    for (const [id, owner] of [
      ['a1', 'a'],
      ['b1', 'b'],
      ['nobodys', ''],
    ]) {
      await clients.create({ client_id: id, owner });
      await clients.remove(String(id));
    }
    const seen = async (headers: Record<string, string>, query = ''): Promise<unknown> => {
      const { text } = await request(`${service.url}/admin/tombstones${query}`, { headers });
      return (JSON.parse(text) as { client_id: string }[]).map(({ client_id: id }) => id);
    };
    expect(await seen(as({}))).toEqual(['nobodys', 'b1', 'a1']);
    const ofA = as({ owner: 'a' });
    for (const [query, expected] of [
      ['', ['a1']],
      ['?owner=a', ['a1']],
      ['?owner=b', []],
      ['?client_id=b1', []],
      ['?client_id=b1&owner=b', []],
      ['?client_id=nobodys', []],
      ['?client_id=a1', ['a1']],
    ] as const)
      expect([query, await seen(ofA, query)]).toEqual([query, expected]);
  });
});

describe.each([
  ['0', []],
  ['99999999999999h', [null]],
])('the removed clients with RETENTION=%s', (retention, expected) => {
  const service = useService(startStandalone, SQLITE.open, { environment: { RETENTION: retention } });

  it(`can be restored until ${JSON.stringify(expected)}`, async () => {
    await service.get(ClientsService).create({ client_id: 'x' });
    await service.get(ClientsService).remove('x');
    const { text } = await request(`${service.url}/admin/tombstones`);
    expect((JSON.parse(text) as { restorable_until: unknown }[]).map((one) => one.restorable_until)).toEqual(expected);
  });
});
