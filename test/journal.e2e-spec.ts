import { describe, expect, it } from '@jest/globals';
import { ClientsService, ClientSecretsService, runInTransaction } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { postClient, request, tagOf } from './support/http.js';
import { GENERATED, Subject } from './support/subject.js';
import { useService } from './support/use.js';

/** A row of the journal, its lists and objects parsed. */
interface Row {
  id: string;
  tag: string;
  version: number;
  owner: string;
  at: string;
  kinds: string[];
  document: string;
  secrets: Record<string, unknown>[];
  actor: Record<string, unknown>;
  members: string[];
}

describe.each(SETTINGS)('the journal, $setting', ({ start, open }) => {
  const service = useService(start, open);

  /** The rows of a client, the oldest first. */
  async function rowsOf(id: string): Promise<Row[]> {
    const rows = await service.dataSource.query<Record<keyof Row, string>[]>(
      `SELECT * FROM oauth2_client_change WHERE client_id = '${id}' ORDER BY seq`,
    );
    const lists = ['kinds', 'secrets', 'actor', 'members'] as const;
    return rows.map((row) => Object.assign(row, ...lists.map((name) => ({ [name]: JSON.parse(row[name]) })))) as Row[];
  }

  const kindsOf = async (id: string) => (await rowsOf(id)).map(({ kinds }) => kinds.join(' '));

  it('has a row for each change of a client, with the client after it', async () => {
    const client = await Subject.create(service, { client_id: 'told', owner: 'a', metadata: { n: 1 } });
    const shown = [(await client.get()).text];
    const change = async (method: string, path: string, body: unknown) => {
      expect((await client.send(method, path, body)).status).toBeLessThan(300);
      shown.push((await client.get()).text);
    };
    await change('PATCH', '', [{ op: 'replace', path: '/owner', value: 'b' }]);
    await change('PUT', '', { owner: 'b', client_name: 'x', metadata: { n: 1.0 } });
    await change('PUT', '/lifespans', { jwt_bearer_grant_access_token_lifespan: '1h' });
    await change('POST', '/secrets', { label: 'blue' });
    await change('POST', '/secrets/rotate', undefined);
    await change('DELETE', '/secrets/oldest', undefined);
    expect((await client.send('DELETE')).status).toBe(204);
    const rows = await rowsOf('told');
    expect(rows.map(({ version, kinds, members }) => [version, kinds.join(' '), members.join(' ')])).toEqual([
      [1, 'client.created', ''],
      [2, 'client.updated', 'owner'],
      [3, 'client.updated', 'client_name'],
      [4, 'client.updated', 'jwt_bearer_grant_access_token_lifespan'],
      [5, 'client.secret.added', ''],
      [6, 'client.secret.rotated', ''],
      [7, 'client.secret.revoked', ''],
      [8, 'client.deleted', ''],
    ]);
    // A deletion shows the last state.
    expect(rows.map(({ document }) => document)).toEqual([...shown, shown.at(-1)]);
    expect(rows.map(({ owner }) => owner)).toEqual(['a', ...Array<string>(7).fill('b')]);
    expect(new Set(rows.map(({ tag }) => tag)).size).toBe(1);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(8);
    for (const { id, at, document } of rows) {
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect((JSON.parse(document) as { updated_at: string }).updated_at <= at).toBe(true);
    }
    expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted());
  });

  it('knows the secrets after each change, and neither them nor their hashes', async () => {
    const client = await Subject.create(service, { client_id: 'secretive' });
    await client.add({ label: 'blue', expires_at: 4102444800 });
    const rows = await rowsOf('secretive');
    const first = {
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      label: null,
      hint: client.secret.slice(-4),
      expires_at: 0,
    };
    const second = { ...first, label: 'blue', hint: client.secrets[1]?.slice(-4), expires_at: 4102444800 };
    expect(rows.map(({ secrets }) => secrets)).toEqual([[first], [second, first]]);
    const text = JSON.stringify(rows);
    expect(text).not.toMatch(/\$sha256|\$2b|registration_access_token/);
    expect(text.match(new RegExp(GENERATED.source.slice(1, -1)))).toBeNull();
  });

  it('has one row for a change that does two things', async () => {
    const client = await Subject.create(service, { client_id: 'twofold', scope: 'a' });
    await client.done('PUT', '', { scope: 'b', client_secret: 'chosen secret' });
    await client.done('PUT', '', { scope: 'b', token_endpoint_auth_method: 'none' });
    expect(await kindsOf('twofold')).toEqual([
      'client.created',
      'client.updated client.secret.rotated',
      'client.updated client.secret.revoked',
    ]);
  });

  it('has no row for what changes nothing, or is refused', async () => {
    const client = await Subject.create(service, { client_id: 'still', scope: 'a' });
    expect((await client.patch([])).status).toBe(200);
    expect((await client.patch([{ op: 'replace', path: '/scope', value: 'a' }])).status).toBe(200);
    expect((await client.patch([{ op: 'replace', path: '/redirect_uris', value: ['x'] }])).status).toBe(400);
    expect((await client.send('DELETE', '', undefined, { 'if-match': '"stale"' })).status).toBe(412);
    expect((await postClient(service.url, { client_id: 'still' })).status).toBe(409);
    expect(await kindsOf('still')).toEqual(['client.created']);
  });

  it('says who changed the client: the actor that the caller names, without scopes, or the application', async () => {
    const clients = service.get(ClientsService);
    const actor = {
      type: 'jwt',
      id: 'alice',
      name: 'Alice',
      owner: 'team',
      address: '192.0.2.1',
      requestId: 'r1',
    } as const;
    await clients.create({ client_id: 'acted', owner: 'team' }, { actor: { ...actor, scopes: ['clients:write'] } });
    await service.get(ClientSecretsService).rotate('acted', undefined, { actor });
    await clients.patch('acted', { client_name: 'x' }, 'application/merge-patch+json', {});
    await clients.remove('acted', { actor });
    const { requestId, ...shown } = actor;
    const alice = { ...shown, request_id: requestId };
    const host = { type: 'host', id: '', name: '' };
    expect((await rowsOf('acted')).map((row) => row.actor)).toEqual([alice, alice, host, alice]);
  });

  it('is written with the change or not at all, in a transaction of the host', async () => {
    const clients = service.get(ClientsService);
    const undone = runInTransaction(service.dataSource, async (manager) => {
      await clients.create({ client_id: 'undone' }, { manager });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await runInTransaction(service.dataSource, (manager) => clients.create({ client_id: 'kept' }, { manager }));
    expect([await kindsOf('undone'), await kindsOf('kept')]).toEqual([[], ['client.created']]);
  });

  it('holds back the change that it cannot be written for', async () => {
    const client = await Subject.create(service, { client_id: 'held', scope: 'a' });
    const rename = (from: string, to: string) => service.dataSource.query(`ALTER TABLE ${from} RENAME TO ${to}`);
    await rename('oauth2_client_change', 'mislaid');
    const answers = [await client.patch([{ op: 'replace', path: '/scope', value: 'b' }]), await client.send('DELETE')];
    answers.push(await postClient(service.url, { client_id: 'unheld' }));
    await rename('mislaid', 'oauth2_client_change');
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500]);
    expect((await client.get()).body['scope']).toBe('a');
    expect((await request(`${service.url}/admin/clients/unheld`)).status).toBe(404);
  });

  describe('of a client that is older than it', () => {
    /** A client as a release without the journal left it. */
    async function older(id: string): Promise<Subject> {
      const client = await Subject.create(service, { client_id: id, client_name: 'old', owner: 'then' });
      await service.dataSource.query(`DELETE FROM oauth2_client_change WHERE client_id = '${id}'`);
      await service.dataSource.query(`UPDATE oauth2_client SET shape = 1 WHERE id = '${id}'`);
      return client;
    }

    it('begins with the client as it was before the first change', async () => {
      const client = await older('elder');
      const before = await client.get();
      await client.done('PATCH', '', [{ op: 'replace', path: '/owner', value: 'now' }]);
      await client.rotate();
      const rows = await rowsOf('elder');
      expect(rows.map(({ version, kinds, owner }) => [version, kinds[0], owner])).toEqual([
        [1, 'client.baseline', 'then'],
        [2, 'client.updated', 'now'],
        [3, 'client.secret.rotated', 'now'],
      ]);
      const [baseline] = rows;
      expect(baseline).toMatchObject({ document: before.text, at: before.body['updated_at'], members: [] });
      expect(baseline?.actor['type']).toBe('system');
      expect(baseline?.secrets).toEqual([expect.objectContaining({ hint: client.secret.slice(-4) })]);
    });

    it('begins so even when the first change is its removal, and anew with the next life of the id', async () => {
      const client = await older('ended');
      await client.send('DELETE');
      await Subject.create(service, { client_id: 'ended' });
      expect(await kindsOf('ended')).toEqual(['client.baseline', 'client.deleted', 'client.created']);
    });

    it('begins so when the first change suspends it; one that was removed is restored and its history goes on', async () => {
      const held = await older('held-first');
      expect((await held.send('PUT', '/suspension')).status).toBe(200);
      expect(await kindsOf('held-first')).toEqual(['client.baseline', 'client.suspended']);
      const client = await older('returned');
      const { text, body } = await client.get();
      await client.send('DELETE');
      const restored = await client.send('POST', '/restore');
      const at = (value: unknown) => `"updated_at":"${String(value)}"`;
      expect(restored.text).toBe(text.replace(at(body['updated_at']), at(restored.body['updated_at'])));
      expect(await client.working()).toEqual([true]);
      await client.done('PATCH', '', [{ op: 'replace', path: '/owner', value: 'now' }]);
      expect(await kindsOf('returned')).toEqual([
        'client.baseline',
        'client.deleted',
        'client.restored',
        'client.updated',
      ]);
    });

    it('begins once, also when a release without the journal has rendered it since', async () => {
      const client = await older('mixed');
      await client.done('PATCH', '', [{ op: 'replace', path: '/owner', value: 'now' }]);
      await service.dataSource.query(`UPDATE oauth2_client SET shape = 1 WHERE id = 'mixed'`);
      await client.rotate();
      expect(await kindsOf('mixed')).toEqual(['client.baseline', 'client.updated', 'client.secret.rotated']);
    });

    it('begins once, however many race to change it first', async () => {
      const client = await older('raced');
      const etag = tagOf(await client.get());
      const patch = (name: string) => [{ op: 'replace', path: '/client_name', value: name }];
      const racing = Array.from({ length: 6 }, (_, at) =>
        client.send('PATCH', '', patch(`n${at}`), at % 2 ? { 'if-match': etag } : {}),
      );
      const won = (await Promise.all(racing)).filter(({ status }) => status === 200).length;
      expect(await kindsOf('raced')).toEqual(['client.baseline', ...Array<string>(won).fill('client.updated')]);
    });
  });
});
