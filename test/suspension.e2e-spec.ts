import { describe, expect, it } from '@jest/globals';
import { ClientsService, ClientStateService, runInTransaction, SecretsService } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { request, tagOf } from './support/http.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const SINCE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const put = (client: Subject, body?: unknown, headers?: Record<string, string>) =>
  client.send('PUT', '/suspension', body, headers);

describe.each(SETTINGS)('a suspended client, $setting', ({ start, open }) => {
  const service = useService(start, open);

  /** Kinds and members of the changes of a client, and their versions. */
  async function journalOf(id: string): Promise<string[]> {
    const rows = await service.dataSource.query<Record<string, string>[]>(
      `SELECT version, kinds, members FROM oauth2_client_change WHERE client_id = '${id}' ORDER BY seq`,
    );
    return rows.map(({ version, kinds, members }) => `${version} ${kinds} ${members}`);
  }

  it('is shown with the reason while it holds, by get, list and change, and in the journal', async () => {
    const client = await Subject.create(service, { client_id: 'shown', owner: 'a' });
    const before = await client.get();
    const suspended = { at: SINCE, reason: 'leaked' };
    const answer = await put(client, { reason: 'leaked' }, { 'if-match': tagOf(before) });
    expect([answer.status, answer.body['suspended']]).toEqual([200, suspended]);
    const got = await client.get();
    expect([got.text, tagOf(got)]).toEqual([answer.text, tagOf(answer)]);
    expect(tagOf(got)).not.toBe(tagOf(before));
    const { updated_at: at, suspended: shown, ...others } = got.body;
    expect({ ...others, updated_at: before.body['updated_at'] }).toEqual(before.body);
    const listed = await request(`${service.url}/admin/clients?client_id=shown&fields=client_id,suspended`);
    expect(listed.body).toEqual([{ client_id: 'shown', suspended: shown }]);

    const resumed = await client.send('DELETE', '/suspension', undefined, { 'if-match': tagOf(got) });
    expect([resumed.status, resumed.body]).toEqual([200, { ...before.body, updated_at: expect.any(String) }]);
    expect(await journalOf('shown')).toEqual([
      '1 ["client.created"] []',
      '2 ["client.suspended"] ["suspended"]',
      '3 ["client.resumed"] ["suspended"]',
    ]);
    const [row] = await service.dataSource.query<{ document: string; at: string }[]>(
      `SELECT document, at FROM oauth2_client_change WHERE client_id = 'shown' AND version = 2`,
    );
    expect([row?.document, row?.at]).toEqual([got.text, at]);
  });

  it('is found by suspended until it is resumed or removed, and again when it is restored', async () => {
    const client = await Subject.create(service, { client_id: 'found', owner: 'found' });
    await Subject.create(service, { client_id: 'found-too', owner: 'found' });
    const found = async (suspended: boolean | string) => {
      const query = `owner=found&fields=client_id&include_total=true&suspended=${suspended}`;
      const { status, body, headers } = await request(`${service.url}/admin/clients?${query}`);
      return status === 200 ? [headers['x-total-count'], body] : [status, body['error_description']];
    };
    const [one, other] = [{ client_id: 'found' }, { client_id: 'found-too' }];
    const active = [
      ['0', []],
      ['2', [one, other]],
    ];
    const held = [
      ['1', [one]],
      ['1', [other]],
    ];
    const both = async () => [await found(true), await found(false)];
    expect(await both()).toEqual(active);
    await put(client, { reason: 'held' });
    await client.done('PATCH', '', [{ op: 'replace', path: '/client_name', value: 'Found' }]);
    expect(await both()).toEqual(held);
    await client.send('DELETE');
    expect(await both()).toEqual([active[0], held[1]]);
    await client.done('POST', '/restore');
    expect(await both()).toEqual(held);
    await client.done('DELETE', '/suspension');
    expect(await both()).toEqual(active);
    expect(await found('yes')).toEqual([400, 'suspended must be one of true, false.']);
  });

  it('does not authenticate from then on, with no secret, old, new or chosen; and does when it is resumed', async () => {
    const client = await Subject.create(service, { client_secret: 'a chosen secret' });
    await client.rotate();
    expect(await client.working()).toEqual([true, true]);
    expect((await put(client)).status).toBe(200);
    await client.add({ label: 'made while suspended' });
    await client.rotate();
    expect(await client.working()).toEqual([false, false, false, false]);
    expect((await client.list()).map(({ last_used_at: used }) => used === null)).toEqual([true, true, false, false]);
    const secrets = service.get(SecretsService);
    const verdicts = [...client.secrets, 'a wrong secret'].map((secret) => secrets.judge(client.id, secret));
    expect(await Promise.all(verdicts)).toEqual(['suspended', 'suspended', 'suspended', 'suspended', 'wrong']);
    expect(await secrets.judge('nobody', 'a wrong secret')).toBe('wrong');
    expect((await client.send('DELETE', '/suspension')).status).toBe(200);
    expect(await client.working()).toEqual([true, true, true, true]);
    expect(await secrets.judge(client.id, client.secret)).toBe('valid');
  });

  it('is neither set nor lost by any other change', async () => {
    const client = await Subject.create(service, { client_id: 'kept', suspended: { at: 'x', reason: 'y' } });
    const forged = { suspended: { at: '2000-01-01T00:00:00.000Z', reason: 'forged' } };
    const replaced = { path: '/suspended', value: forged.suspended };
    const changes = async (suspended: unknown) => {
      for (const [method, path, body, type = 'application/json'] of [
        ['PUT', '', { ...forged, client_name: `Kept ${String(suspended)}` }],
        ['PUT', '', { client_name: 'Kept' }],
        ['PATCH', '', [{ op: 'add', ...replaced }]],
        ['PATCH', '', [{ op: 'replace', ...replaced }]],
        ['PATCH', '', [{ op: 'remove', path: '/suspended' }]],
        ['PATCH', '', [{ op: 'add', path: '/suspended/reason', value: 'forged' }]],
        ['PATCH', '', { ...forged, client_name: 'Merged' }, 'application/merge-patch+json'],
        ['PATCH', '', { suspended: null, scope: 'a b' }, 'application/merge-patch+json'],
        ['PUT', '/lifespans', { jwt_bearer_grant_access_token_lifespan: '1h' }],
        ['POST', '/secrets/rotate', undefined],
        ['DELETE', '/secrets/rotate', undefined],
      ] as const) {
        const answer = await client.send(method, path, body, { 'content-type': type });
        expect([method, path, answer.status]).toEqual([method, path, 200]);
        expect([answer.body['suspended'], (await client.get()).body['suspended']]).toEqual([suspended, suspended]);
      }
    };
    expect((await client.get()).body).not.toHaveProperty('suspended');
    await changes(undefined);
    const { suspended } = (await put(client, { reason: 'held' })).body;
    expect(suspended).toEqual({ at: SINCE, reason: 'held' });
    await changes(suspended);
    const { body } = await client.get();
    const strict = { prefer: 'handling=strict' };
    expect((await client.send('PUT', '', body, strict)).status).toBe(200);
  });

  it('stays as it is when it is suspended for the same reason, and gets another one', async () => {
    const client = await Subject.create(service, { client_id: 'again' });
    const never = await client.get();
    const untouched = await client.send('DELETE', '/suspension');
    expect([untouched.status, untouched.text, tagOf(untouched)]).toEqual([200, never.text, tagOf(never)]);
    const first = await put(client, { reason: 'one' });
    const same = await put(client, { reason: 'one' });
    expect([same.text, tagOf(same)]).toEqual([first.text, tagOf(first)]);
    const other = await put(client, {});
    const { at } = first.body['suspended'] as { at: string };
    expect([other.body['suspended'], tagOf(other) === tagOf(first)]).toEqual([{ at, reason: '' }, false]);
    expect(await journalOf('again')).toHaveLength(3);
  });

  it('is not made by a request that is refused', async () => {
    const client = await Subject.create(service, { client_id: 'refused' });
    const fault = async (body: unknown, headers?: Record<string, string>, status = 400) =>
      (await client.refuses('PUT', '/suspension', body, { status, headers })).body['error_description'];
    expect(await fault({ reason: 'x'.repeat(513) })).toBe('reason must not be longer than 512 characters.');
    expect(await fault({ reason: 7 })).toBe('reason must be a string.');
    expect(await fault([])).toBe('The body must be a JSON object.');
    expect(await fault({ reasons: 'x' }, { prefer: 'handling=strict' })).toContain('use reason');
    await fault({}, { 'if-match': '1' });
    await fault({}, { 'if-match': '"stale"' }, 412);
    await client.refuses('DELETE', '/suspension', undefined, { status: 412, headers: { 'if-match': '"stale"' } });
    for (const method of ['PUT', 'DELETE'])
      expect((await request(`${service.url}/admin/clients/nobody/suspension`, { method })).status).toBe(404);
    expect((await put(client, { reason: 'x'.repeat(512) })).status).toBe(200);
  });

  it('loses nothing when it is suspended while it is changed', async () => {
    const client = await Subject.create(service, { client_id: 'raced' });
    const names = Array.from({ length: 8 }, (_, at) => `n${at}`);
    const racing = names.map((value) => client.patch([{ op: 'add', path: '/contacts/-', value }]));
    const answers = await Promise.all([put(client, { reason: 'raced' }), ...racing]);
    expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
    const { suspended, contacts } = (await client.get()).body;
    expect([suspended, (contacts as string[]).toSorted()]).toEqual([{ at: SINCE, reason: 'raced' }, names]);
    expect(await client.working()).toEqual([false]);
  });

  it('is suspended with the transaction of the host, or not at all', async () => {
    const client = await Subject.create(service, { client_id: 'hosted' });
    const states = service.get(ClientStateService);
    const before = await client.state();
    const undone = runInTransaction(service.dataSource, async (manager) => {
      const { client: shown } = await states.suspend('hosted', { reason: 'undone' }, { manager });
      expect(shown.suspended?.reason).toBe('undone');
      expect(await service.get(SecretsService).judge('hosted', client.secret, { manager })).toBe('suspended');
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect([await client.state(), await client.working()]).toEqual([before, [true]]);
    await runInTransaction(service.dataSource, (manager) => states.suspend('hosted', undefined, { manager }));
    expect((await service.get(ClientsService).get('hosted')).client.suspended?.reason).toBe('');
  });
});
