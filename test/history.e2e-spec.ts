import { describe, expect, it } from '@jest/globals';
import { pageToken } from '../src/http/query/page-token.js';
import { applyPatch } from '../src/json/json-patch.js';
import { JsonTree } from '../src/json/json-tree.js';
import { parseLossless } from '../src/json/lossless-json.js';
import { ClientHistory, ClientsService, runInTransaction } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { changesIn, name, pause, versionsIn, type Change } from './support/changes.js';
import { postClient, request, tagOf, type Answer } from './support/http.js';
import { FAR, Subject } from './support/subject.js';
import { useService } from './support/use.js';

describe.each(SETTINGS)('the history of a client, $setting', ({ start, open }) => {
  const service = useService(start, open);
  const ask = (path: string) => request(`${service.url}/admin/clients/${path}`);

  it('shows each change, the newest first, without the client and without anything secret', async () => {
    const client = await Subject.create(service, { client_id: 'shown', owner: 'a' });
    await client.done('PATCH', '', name('x'));
    await client.rotate();
    const answer = await ask('shown/history');
    const changes = changesIn(answer);
    expect(changes.map(({ version, kinds, members, owner }) => [version, kinds, members, owner])).toEqual([
      [3, ['client.secret.rotated'], [], 'a'],
      [2, ['client.updated'], ['client_name'], 'a'],
      [1, ['client.created'], [], 'a'],
    ]);
    expect(changes[0]).toMatchObject({ client_id: 'shown', actor: { type: expect.any(String) } });
    expect(changes[0]).not.toHaveProperty('client');
    expect(answer.text).not.toMatch(/\$sha256|hash/);
    for (const secret of client.secrets) expect(answer.text).not.toContain(secret);
    expect(answer.text).toContain(client.secrets[1]?.slice(-4));
  });

  it('is read page by page, while changes are made', async () => {
    const client = await Subject.create(service, { client_id: 'paged' });
    for (const value of ['a', 'b', 'c', 'd']) await client.done('PATCH', '', name(value));
    const seen: number[] = [];
    for (let query: string | undefined = '?page_size=2'; query !== undefined;) {
      const answer: Answer = await ask(`paged/history${query}`);
      seen.push(...versionsIn(answer));
      query = /<[^>]*(\?[^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1];
      await client.done('PATCH', '', name(`later ${seen.length}`));
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    const [first] = /<([^>]+)>; rel="first"/.exec((await ask('paged/history')).headers['link'] ?? '')?.slice(1) ?? [];
    expect(first).toContain('/paged/history?');
    expect(versionsIn(await request(new URL(String(first), service.url)))[0]).toBe(8);
  });

  it.each([
    ['an unknown parameter', '?colour=blue', 'colour'],
    ['a page size that is no number', '?page_size=all', 'page_size'],
    ['a token of another list', '?page_token=YWJj', 'page_token'],
    ['a broken escape', '?page_token=%zz', 'percent'],
    ['a forged token', `?page_token=${pageToken('["history","strict"]', ['1; --'])}`, 'page_token'],
    [
      'a forged token of a large number',
      `?page_token=${pageToken('["history","strict"]', ['9'.repeat(19)])}`,
      'page_token',
    ],
  ])('refuses %s', async (_, query, word) => {
    await postClient(service.url, { client_id: 'strict' });
    const { status, body } = await ask(`strict/history${query}`);
    expect([status, body['error_description']]).toEqual([400, expect.stringContaining(word)]);
  });

  it('refuses the token of another client', async () => {
    const client = await Subject.create(service, { client_id: 'lender' });
    await client.done('PATCH', '', name('x'));
    const link = (await ask('lender/history?page_size=1')).headers['link'];
    const [, query] = /<[^>]*(\?[^>]+)>; rel="next"/.exec(String(link)) ?? [];
    await Subject.create(service, { client_id: 'borrower' });
    expect((await ask(`borrower/history${query}`)).status).toBe(400);
  });

  it('has one change with the client after it, and the JSON Patch from the version before', async () => {
    const digits = '{"big":12345678901234567890,"one":1.0,"list":[1,2.50,{"deep":1e2}],"__proto__":{"a":1}}';
    const created = `{"client_id":"exact","metadata":${digits},"redirect_uris":["https://a.example/","https://b.example/"]}`;
    const client = await Subject.create(service, created);
    const bodies = [(await client.get()).text];
    const changed = `{"client_name":"n","metadata":${digits.replace('7890,', '7891,').replace('1.0', '1')},"redirect_uris":["https://b.example/"]}`;
    await client.done('PUT', '', changed);
    bodies.push((await client.get()).text);
    await client.done('PUT', '', '{}');
    bodies.push((await client.get()).text);
    for (const [at, after] of bodies.entries()) {
      const { text, body } = await ask(`exact/changes/${at + 1}`);
      expect(text).toContain(`"client":${after}`);
      expect(body).toMatchObject({ version: at + 1, client: JSON.parse(after) as object });
      if (at === 0) expect(body['patch']).toBeNull();
      else {
        const [, patch = ''] = /"patch":(\[.*\])\}$/.exec(text) ?? [];
        const tree = new JsonTree(bodies[at - 1] ?? '');
        applyPatch(tree, parseLossless(patch), (operation) => operation);
        expect(parseLossless(tree.text)).toEqual(parseLossless(after));
        expect(JSON.parse(patch)).not.toContainEqual(expect.objectContaining({ path: '' }));
      }
    }
    const { text } = await ask('exact/changes/2');
    expect(text).toContain('{"op":"replace","path":"/metadata/big","value":12345678901234567891}');
    expect(text).toContain('{"op":"replace","path":"/metadata/one","value":1}');
    expect(text).not.toContain('/metadata/list');
    expect(text).toContain('{"op":"remove","path":"/redirect_uris/0"}');
  });

  it('has no JSON Patch from a version that is not known', async () => {
    const client = await Subject.create(service, { client_id: 'gap' });
    for (const value of ['a', 'b']) await client.done('PATCH', '', name(value));
    await service.dataSource.query(`DELETE FROM oauth2_client_change WHERE client_id = 'gap' AND version = 2`);
    expect((await ask('gap/changes/3')).body).toMatchObject({ version: 3, patch: null });
    expect((await ask('gap/changes/2')).status).toBe(404);
  });

  it.each(['0', '3', '-1', '1.0', 'x', '99999999999', '1%00'])('has no change %s', async (version) => {
    await postClient(service.url, { client_id: 'twice' });
    const { status, body } = await ask(`twice/changes/${version}`);
    expect([status, body['error']]).toEqual([404, 'not_found']);
  });

  it('says nothing of a client that never was', async () => {
    for (const path of ['never/history', 'never/changes/1', 'never?as_of=1', `${'x'.repeat(256)}/history`])
      expect((await ask(path)).body['error_description']).toBe('There is no client with this client_id.');
  });

  describe('as of', () => {
    it('a time or a version shows the client as it was', async () => {
      const client = await Subject.create(service, { client_id: 'timely', client_name: 'v1' });
      const before = Date.parse(String((await client.get()).body['created_at'])) - 1;
      const states = [await client.get()];
      for (const value of ['v2', 'v3']) {
        await pause();
        await client.done('PATCH', '', name(value));
        states.push(await client.get());
      }
      await pause();
      const etags = await Promise.all([1, 2, 3].map(async (version) => tagOf(await ask(`timely?as_of=${version}`))));
      expect(new Set(etags).size).toBe(3);
      for (const [at, state] of states.entries()) {
        for (const moment of [String(at + 1), String(state.body['updated_at'])]) {
          const shown = await ask(`timely?as_of=${moment}`);
          expect([shown.status, shown.text]).toEqual([200, state.text]);
          const isCurrent = at === states.length - 1;
          if (isCurrent) expect(tagOf(shown)).toBe(tagOf(state));
          else expect((await client.send('DELETE', '', undefined, { 'if-match': tagOf(shown) })).status).toBe(412);
        }
      }
      const [first, second] = states;
      const later = new Date(Date.parse(String(second?.body['updated_at'])) - 1).toISOString();
      expect((await ask(`timely?as_of=${later}`)).text).toBe(first?.text);
      expect((await ask(`timely?as_of=${later.replace('Z', '9Z')}`)).text).toBe(first?.text);
      expect((await ask('timely?as_of=2999-01-01T00:00:00Z')).text).toBe(states[2]?.text);
      expect((await ask('timely?as_of=')).text).toBe(states[2]?.text);
      const early = await ask(`timely?as_of=${new Date(before).toISOString()}`);
      expect([early.status, early.body['error_description']]).toEqual([
        404,
        expect.stringContaining('Nothing is known'),
      ]);
      expect((await ask('timely?as_of=4')).status).toBe(404);
    });

    it('one version answers 304 to who has it', async () => {
      const client = await Subject.create(service, { client_id: 'had' });
      await client.done('PATCH', '', name('x'));
      const etag = tagOf(await ask('had?as_of=1'));
      const again = await request(`${service.url}/admin/clients/had?as_of=1`, { headers: { 'if-none-match': etag } });
      expect([again.status, again.text]).toEqual([304, '']);
    });

    it.each(['yesterday', '2026-02-30T00:00:00Z', '2026-01-31', '1.5', '-1', '1e3', '+', '٣', '%00', '1'.repeat(65)])(
      '%j is refused',
      async (moment) => {
        await postClient(service.url, { client_id: 'malformed' });
        const { status, body } = await ask(`malformed?as_of=${moment}`);
        expect([status, body['error_description']]).toEqual([400, expect.stringMatching(/^as_of must be a time such/)]);
      },
    );
  });

  describe('reverting', () => {
    const revert = (client: Subject, body: unknown, headers?: Record<string, string>) =>
      client.send('POST', '/revert', body, headers);

    it('gives the client the members of an earlier version, in a new version, and keeps its secrets', async () => {
      const first = { client_id: 'back', client_name: 'first', metadata: { n: 1 }, owner: 'a' };
      const client = await Subject.create(service, first);
      await client.done('PUT', '', { client_name: 'second', client_secret_expires_at: 4102444800 });
      await client.rotate();
      const secrets = await client.list();
      const { status, body, headers } = await revert(client, { version: 1 }, { 'if-match': tagOf(await client.get()) });
      expect([status, body]).toEqual([200, expect.objectContaining(first)]);
      expect(headers['etag']).toBe(tagOf(await client.get()));
      expect(await client.list()).toEqual(secrets);
      expect(await client.working()).toEqual([true, true]);
      const [change] = changesIn(await ask('back/history'));
      expect(change).toMatchObject({
        version: 4,
        kinds: ['client.updated'],
        members: ['client_name', 'owner', 'metadata'],
      });
    });

    it('leaves the end of the secret as it is, whatever the version says of it', async () => {
      const client = await Subject.create(service, { client_id: 'ending' });
      await client.done('PUT', '', { client_secret_expires_at: FAR });
      expect((await revert(client, { version: 1 })).status).toBe(200);
      expect([await client.expiry(), await client.ends()]).toEqual([FAR, [FAR]]);
      await client.rotate();
      const ends = await client.ends();
      expect((await revert(client, { version: 2 })).status).toBe(200);
      expect([await client.expiry(), await client.ends()]).toEqual([ends[0], ends]);
    });

    it('to the current version changes nothing', async () => {
      const client = await Subject.create(service, { client_id: 'same' });
      const before = await client.state();
      expect((await revert(client, { version: 1 })).status).toBe(200);
      expect(await client.state()).toEqual(before);
    });

    it.each([
      [{}, 400, /^version must be the number of a version/],
      [{ version: 0 }, 400, /^version must be/],
      [{ version: 1.5 }, 400, /^version must be/],
      [{ version: '1' }, 400, /^version must be/],
      [{ version: 2 ** 31 }, 400, /^version must be/],
      ['[]', 400, /must be a JSON object/],
      ['{', 400, /JSON/],
      [{ version: 99 }, 404, /no such version/],
    ])('to %j is refused', async (body, status, message) => {
      const client = await Subject.create(service);
      const answer = await client.refuses('POST', '/revert', body, { status });
      expect(answer.body['error_description']).toMatch(message);
    });

    it('of a client that is not there, or has another state, is refused', async () => {
      const gone = await request(`${service.url}/admin/clients/nobody/revert`, {
        method: 'POST',
        body: { version: 1 },
      });
      expect(gone.status).toBe(404);
      const client = await Subject.create(service);
      const stale = tagOf(await client.get());
      await client.done('PATCH', '', name('x'));
      await client.refuses('POST', '/revert', { version: 1 }, { status: 412, headers: { 'if-match': stale } });
      await client.refuses('POST', '/revert', { version: 1 }, { status: 400, headers: { 'if-match': 'bare' } });
      const strict = { prefer: 'handling=strict' };
      const unknown = await client.refuses('POST', '/revert', { version: 1, colour: 1 }, { headers: strict });
      expect(unknown.body['error_description']).toContain('colour');
    });

    it('to what today’s rules refuse names the member, even one that stays as it is', async () => {
      const client = await Subject.create(service, { redirect_uris: ['https://app.example/cb'] });
      for (const table of ['oauth2_client', 'oauth2_client_change'])
        await service.dataSource.query(
          `UPDATE ${table} SET document = replace(document, 'https://app.example/cb', 'localhost:3000/cb') WHERE ${table === 'oauth2_client' ? 'id' : 'client_id'} = '${client.id}'`,
        );
      // What is stored may stay when other members change.
      await client.done('PATCH', '', name('x'));
      const { body } = await client.refuses('POST', '/revert', { version: 1 });
      expect(body).toMatchObject({ error: 'invalid_redirect_uri', errors: [{ pointer: '/redirect_uris/0' }] });
    });

    it('to a method without secrets ends them, and back issues none', async () => {
      const client = await Subject.create(service, { token_endpoint_auth_method: 'none' });
      await client.done('PUT', '', { token_endpoint_auth_method: 'client_secret_basic' });
      await client.rotate();
      expect((await revert(client, { version: 1 })).status).toBe(200);
      expect(await client.list()).toEqual([]);
      expect((await revert(client, { version: 2 })).status).toBe(200);
      expect(await client.list()).toEqual([]);
    });

    it('races with other changes, and none is lost', async () => {
      const client = await Subject.create(service, { client_name: 'first' });
      await client.done('PATCH', '', name('second'));
      const racing = Array.from({ length: 8 }, (_, at) =>
        at % 2 ? revert(client, { version: 1 }) : client.patch(name(`n${at}`)),
      );
      expect((await Promise.all(racing)).map(({ status }) => status)).toEqual(Array(8).fill(200));
      const changes = changesIn(await client.send('GET', '/history'));
      expect(changes.map(({ version }) => version)).toEqual(changes.map((_, at) => changes.length - at));
    });
  });

  describe('of a client that is older than the journal', () => {
    async function older(members: object): Promise<Subject> {
      const client = await Subject.create(service, { client_name: 'old', ...members });
      await client.done('PATCH', '', name('older'));
      await service.dataSource.query(`UPDATE oauth2_client SET shape = 1 WHERE id = '${client.id}'`);
      await service.dataSource.query(`DELETE FROM oauth2_client_change WHERE client_id = '${client.id}'`);
      return client;
    }

    it('begins with the client as it is, and says the same after its next change', async () => {
      const client = await older({ owner: 'a' });
      const now = await client.get();
      const baseline = { version: 2, kinds: ['client.baseline'], members: [], owner: 'a', position: null };
      const looks = async () => ({
        change: JSON.parse((await client.send('GET', '/changes/2')).text) as Change,
        asOfVersion: (await client.send('GET', '?as_of=2')).text,
        asOfTime: (await client.send('GET', `?as_of=${String(now.body['updated_at'])}`)).text,
        before: (await client.send('GET', `?as_of=${String(now.body['created_at']).slice(0, 4)}-01-01T00:00:00Z`))
          .status,
        unknown: (await client.send('GET', '/changes/1')).status,
      });
      const [only, ...others] = changesIn(await client.send('GET', '/history'));
      expect([only, others]).toEqual([expect.objectContaining({ ...baseline, id: null }), []]);
      const before = await looks();
      expect(before).toMatchObject({ asOfVersion: now.text, asOfTime: now.text, before: 404, unknown: 404 });
      expect(before.change).toMatchObject({ ...baseline, patch: null, client: now.body });
      await pause();
      await client.done('PATCH', '', name('newer'));
      const after = await looks();
      const { id, position, ...change } = after.change;
      expect({ ...after, change }).toEqual({ ...before, change: expect.objectContaining(change) });
      expect(id).toEqual(expect.any(String));
      expect(versionsIn(await client.send('GET', '/history'))).toEqual([3, 2]);
      expect(position === null || position > 0).toBe(true);
    });

    it('can be reverted to what it is, and to what it was', async () => {
      const client = await older({ scope: 'a' });
      expect((await revert2(client)).status).toBe(200);
      await client.done('PATCH', '', name('newer'));
      expect((await revert2(client)).body['client_name']).toBe('older');
    });

    const revert2 = (client: Subject) => client.send('POST', '/revert', { version: 2 });
  });

  it('is known to the application in process, in its transaction too', async () => {
    const history = service.get(ClientHistory);
    const clients = service.get(ClientsService);
    await clients.create({ client_id: 'within', client_name: 'a' });
    const undone = runInTransaction(service.dataSource, async (manager) => {
      await clients.patch('within', { client_name: 'b' }, 'application/merge-patch+json', { manager });
      const { changes } = await history.list('within', {}, { manager });
      expect(changes.map(({ version }) => version)).toEqual([2, 1]);
      expect((await history.change('within', 2, { manager })).change.patch).toContainEqual({
        op: 'replace',
        path: '/client_name',
        value: 'b',
      });
      expect((await clients.get('within', { asOf: 1, manager })).client.client_name).toBe('a');
      await history.revert('within', { version: 1 }, { manager });
      expect((await clients.get('within', { manager })).client.client_name).toBe('a');
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect((await history.list('within', { page_size: 5 })).changes).toHaveLength(1);
    expect((await clients.get('within', { asOf: new Date() })).client.client_name).toBe('a');
    await expect(clients.get('within', { asOf: new Date(NaN) })).rejects.toThrow('as_of');
  });
});
