import { describe, expect, it } from '@jest/globals';
import { ClientsService, ClientStateService, runInTransaction } from '../src/index.js';
import { ClientStatements } from '../src/clients/store/client.statements.js';
import { TombstoneStatements } from '../src/clients/store/tombstone.statements.js';
import { restoredFrom } from '../src/clients/tombstones/restored-client.js';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import type { ChangeEntry } from '../src/journal/table/change-entry.js';
import { TombstoneSweeper } from '../src/clients/tombstones/tombstone-sweeper.js';
import { startStandalone, SETTINGS } from './support/app.js';
import { POSTGRES, SQLITE } from './support/databases.js';
import { post, postClient, request, tagOf, type Answer } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

/** A time of a removal whose client can no longer be restored, by the default of `RETENTION`. */
const expired = (): string => new Date(Date.now() - 30 * 86_400_000 - 60_000).toISOString();
const restore = (client: Subject): Promise<Answer> => client.send('POST', '/restore');

describe.each(SETTINGS)('a removed client, $setting', ({ start, open }) => {
  const service = useService(start, open);
  const rows = <Row>(text: string): Promise<Row[]> => service.dataSource.query<Row[]>(text);
  const kept = async (id: string): Promise<number> =>
    (await rows(`SELECT seq FROM oauth2_client_tombstone WHERE client_id = '${id}'`)).length;
  const lifeOf = async (id: string): Promise<string[]> =>
    (
      await rows<{ version: number; kinds: string; tag: string }>(
        `SELECT version, kinds FROM oauth2_client_change WHERE client_id = '${id}' ORDER BY seq`,
      )
    ).map(({ version, kinds }) => `${version} ${kinds}`);

  it('comes back as it was, with its secrets, its state and its terms, in the next version of the same life', async () => {
    const members = {
      client_id: 'whole',
      client_secret: 'a chosen secret',
      owner: 'a',
      scope: 'x y',
      metadata: { n: 1 },
    };
    const client = await Subject.create(service, members);
    await client.rotate();
    await client.send('PUT', '/suspension', { reason: 'held' });
    const { text, body } = await client.get();
    const before = await client.list();
    const [digest] = await rows(`SELECT registration_token_digest FROM oauth2_client WHERE id = 'whole'`);
    expect((await client.send('DELETE')).status).toBe(204);
    expect([(await client.get()).status, await client.working()]).toEqual([404, [false, false]]);
    const restored = await restore(client);
    const { updated_at: at } = restored.body;
    expect(restored.status).toBe(200);
    expect(restored.text).toBe(
      text.replace(`"updated_at":"${String(body['updated_at'])}"`, `"updated_at":"${String(at)}"`),
    );
    const got = await client.get();
    expect([got.text, tagOf(got)]).toEqual([restored.text, tagOf(restored)]);
    expect(await client.list()).toEqual(before);
    expect(await rows(`SELECT registration_token_digest FROM oauth2_client WHERE id = 'whole'`)).toEqual([digest]);
    expect((await client.send('DELETE', '/suspension')).status).toBe(200);
    expect(await client.working()).toEqual([true, true]);
    const found = await request(`${service.url}/admin/clients?scope=y&owner=a`);
    expect((found.body as unknown as object[]).length).toBe(1);
    expect(await lifeOf('whole')).toEqual([
      '1 ["client.created"]',
      '2 ["client.secret.rotated"]',
      '3 ["client.suspended"]',
      '4 ["client.deleted"]',
      '5 ["client.restored"]',
      '6 ["client.resumed"]',
    ]);
    const [held, back] = await rows<{ secrets: string }>(
      `SELECT secrets FROM oauth2_client_change WHERE client_id = 'whole' AND version IN (3, 5) ORDER BY seq`,
    );
    expect(back).toEqual(held);
    expect(await kept('whole')).toBe(0);
    expect((await client.send('DELETE')).status).toBe(204);
    expect((await restore(client)).status).toBe(200);
    expect(await client.working()).toEqual([true, true]);
  });

  it('is neither removed nor kept when another process has changed it meanwhile', async () => {
    const client = await Subject.create(service, { client_id: 'overtaken' });
    const statements = service.get(ClientStatements);
    const database = service.get(PreparedDatabase);
    const stale = await statements.load('overtaken', database);
    if (!stale) throw new Error('It was created a moment ago.');
    await client.rotate();
    const entry = { kinds: ['client.deleted'], members: [] } satisfies ChangeEntry;
    expect(await statements.remove(stale, entry, database)).toBe(false);
    expect([(await client.get()).status, await kept('overtaken'), (await lifeOf('overtaken')).length]).toEqual([
      200, 0, 2,
    ]);
  });

  it('does not come back as it was at an earlier removal', async () => {
    const client = await Subject.create(service, { client_id: 'stale', client_name: 'early' });
    await client.send('DELETE');
    const tombstones = service.get(TombstoneStatements);
    const database = service.get(PreparedDatabase);
    const early = await tombstones.newest('stale', database);
    if (!early) throw new Error('It was removed a moment ago.');
    await restore(client);
    await client.done('PUT', '', { client_name: 'late' });
    await client.send('DELETE');
    const entry = { kinds: ['client.restored'], members: [] } satisfies ChangeEntry;
    expect(await tombstones.restore({ ...restoredFrom(early), entry }, early, database)).toBe(false);
    expect([(await client.get()).status, await kept('stale')]).toEqual([404, 1]);
    expect((await restore(client)).body['client_name']).toBe('late');
  });

  it('comes back not before it was removed, though the clock of another process was ahead', async () => {
    const client = await Subject.create(service, { client_id: 'ahead' });
    await client.send('DELETE');
    const ahead = '2999-01-31T12:00:00.000Z';
    await rows(`UPDATE oauth2_client_tombstone SET deleted_at = '${ahead}' WHERE client_id = 'ahead'`);
    expect((await restore(client)).body['updated_at']).toBe(ahead);
  });

  it('is kept only when the removal is acknowledged, and once', async () => {
    const client = await Subject.create(service, { client_id: 'once' });
    const stale = { 'if-match': '"stale"' };
    expect((await client.send('DELETE', '', undefined, stale)).status).toBe(412);
    expect(await kept('once')).toBe(0);
    const answers = await Promise.all(Array.from({ length: 4 }, () => client.send('DELETE')));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([204, 404, 404, 404]);
    expect(await kept('once')).toBe(1);
  });

  it('comes back once, however many restore it', async () => {
    const client = await Subject.create(service, { client_id: 'rushed' });
    await client.send('DELETE');
    const answers = await Promise.all(Array.from({ length: 5 }, () => restore(client)));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200, 409, 409, 409, 409,
    ]);
    expect([await kept('rushed'), (await lifeOf('rushed')).length]).toEqual([0, 3]);
  });

  it('is not restored over another one with its id, and stays kept; the last life comes back', async () => {
    const first = await Subject.create(service, { client_id: 'lives', client_name: 'first' });
    await first.send('DELETE');
    const second = await Subject.create(service, { client_id: 'lives', client_name: 'second' });
    expect([(await restore(second)).status, await kept('lives')]).toEqual([409, 1]);
    expect((await second.get()).body['client_name']).toBe('second');
    await second.send('DELETE');
    expect((await restore(second)).body['client_name']).toBe('second');
    expect([await first.working(), await second.working(), await kept('lives')]).toEqual([[false], [true], 1]);
  });

  it('and a create of its id end in one client', async () => {
    const client = await Subject.create(service, { client_id: 'contested' });
    await client.send('DELETE');
    const [restored, created] = await Promise.all([
      restore(client),
      postClient(service.url, { client_id: 'contested' }),
    ]);
    expect([restored.status, created.status]).toEqual(restored.status === 200 ? [200, 409] : [409, 201]);
    expect(await kept('contested')).toBe(restored.status === 200 ? 0 : 1);
    expect((await client.get()).status).toBe(200);
  });

  it('is unknown when there was none, or none can be', async () => {
    for (const id of ['nobody', 'x'.repeat(300), '%00'])
      expect((await request(`${service.url}/admin/clients/${id}/restore`, { method: 'POST' })).status).toBe(404);
  });

  it('goes and comes with the transaction of the host, or not at all', async () => {
    const client = await Subject.create(service, { client_id: 'hosted' });
    const before = await client.state();
    const [clients, states] = [service.get(ClientsService), service.get(ClientStateService)];
    const undone = (work: (manager: never) => Promise<unknown>) =>
      expect(
        runInTransaction(service.dataSource, async (manager) => {
          await work(manager as never);
          throw new Error('undone');
        }),
      ).rejects.toThrow('undone');
    await undone((manager) => clients.remove('hosted', { manager }));
    expect([await client.state(), await kept('hosted')]).toEqual([before, 0]);
    await undone(async (manager) => {
      await clients.remove('hosted', { manager });
      await states.restore('hosted', { manager });
    });
    expect([await client.state(), await kept('hosted')]).toEqual([before, 0]);
    await client.send('DELETE');
    await undone((manager) => states.restore('hosted', { manager }));
    expect([(await client.get()).status, await kept('hosted')]).toEqual([404, 1]);
  });

  it('is kept with its hashes in the table, and they are in no answer and no row of the journal', async () => {
    const client = await Subject.create(service, { client_id: 'hashed', client_secret: 'a chosen secret' });
    await client.send('DELETE');
    const [{ secrets }] = (await rows<{ secrets: string }>(
      `SELECT secrets FROM oauth2_client_tombstone WHERE client_id = 'hashed'`,
    )) as [{ secrets: string }];
    const [{ hash }] = JSON.parse(secrets) as [{ hash: string }];
    expect(hash).toMatch(/^\$2b\$/);
    const { text } = await restore(client);
    const journal = JSON.stringify(await rows(`SELECT * FROM oauth2_client_change WHERE client_id = 'hashed'`));
    for (const shown of [text, journal]) expect(shown).not.toContain(hash);
  });

  it('is forgotten when its time is over, and does not come back before it is swept', async () => {
    const [old, young] = [
      await Subject.create(service, { client_id: 'old' }),
      await Subject.create(service, { client_id: 'young' }),
    ];
    for (const client of [old, young]) await client.send('DELETE');
    await rows(`UPDATE oauth2_client_tombstone SET deleted_at = '${expired()}' WHERE client_id = 'old'`);
    expect([(await restore(old)).status, await kept('old')]).toEqual([404, 1]);
    await service.get(TombstoneSweeper).sweep();
    expect([await kept('old'), (await restore(young)).status]).toEqual([0, 200]);
  });
});

describe.each([SQLITE, POSTGRES])('the id of a removed client, on $database', ({ open, isPostgres }) => {
  const service = useService(startStandalone, open, { authenticators: [HONEST] });
  const [ofA, ofB, admin] = [as({ owner: 'a' }), as({ owner: 'b' }), as({})];
  const at = (id: string, path = ''): string => `${service.url}/admin/clients/${id}${path}`;
  const create = (id: string, headers: Record<string, string>): Promise<Answer> =>
    post(`${service.url}/admin/clients`, { client_id: id }, headers);
  const remove = (id: string, headers: Record<string, string>): Promise<Answer> =>
    request(at(id), { method: 'DELETE', headers });
  const bring = (id: string, headers: Record<string, string>): Promise<Answer> =>
    request(at(id, '/restore'), { method: 'POST', headers });

  it('is neither restored nor created anew by another owner; by its own, and by who has none, it is', async () => {
    expect([(await create('mine', ofA)).status, (await remove('mine', ofA)).status]).toEqual([201, 204]);
    expect([(await bring('mine', ofB)).status, (await create('mine', ofB)).status]).toEqual([404, 409]);
    expect((await bring('mine', ofB)).text).toBe((await bring('nobody', ofB)).text);
    expect([(await bring('mine', ofA)).status, (await remove('mine', ofA)).status]).toEqual([200, 204]);
    expect([(await create('mine', ofA)).status, (await remove('mine', ofA)).status]).toEqual([201, 204]);
    expect([(await create('mine', admin)).status, (await remove('mine', admin)).status]).toEqual([201, 204]);
    // The last life had no owner.
    expect([(await create('mine', ofA)).status, (await bring('mine', ofA)).status]).toEqual([409, 404]);
    expect((await bring('mine', admin)).status).toBe(200);
  });

  it('is free for every owner when its last client can no longer be restored', async () => {
    expect([(await create('over', ofA)).status, (await remove('over', ofA)).status]).toEqual([201, 204]);
    expect((await create('over', ofB)).status).toBe(409);
    await service.dataSource.query(
      `UPDATE oauth2_client_tombstone SET deleted_at = '${expired()}' WHERE client_id = 'over'`,
    );
    expect((await create('over', ofB)).status).toBe(201);
  });

  it('is another owner’s also when its removal is committed while a create waits for it', async () => {
    expect((await create('waited', ofA)).status).toBe(201);
    const clients = service.get(ClientsService);
    let created: Promise<Answer> | undefined;
    await runInTransaction(service.dataSource, async (manager) => {
      await clients.remove('waited', { manager });
      created = create('waited', ofB);
      // On PostgreSQL it waits for the row; on SQLite for the only writer.
      await new Promise((resolve) => setTimeout(resolve, isPostgres ? 300 : 50));
    });
    expect((await created)?.status).toBe(409);
    expect((await request(at('waited'), { headers: admin })).status).toBe(404);
  });
});

describe('with RETENTION=0', () => {
  const service = useService(startStandalone, SQLITE.open, { environment: { RETENTION: '0' } });

  it('nothing of a removed client is kept', async () => {
    const client = await Subject.create(service, { client_id: 'gone' });
    expect((await client.send('DELETE')).status).toBe(204);
    expect(await service.dataSource.query('SELECT * FROM oauth2_client_tombstone')).toEqual([]);
    expect((await restore(client)).status).toBe(404);
  });
});
