import { describe, expect, it } from '@jest/globals';
import { SETTINGS, startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { request, type Answer } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const PATH = '/admin/clients/activity';
const UUID = '0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e';
const at = (minute: number) => new Date(Date.UTC(2020, 0, 31, 12, minute)).toISOString();

const TOO_MANY = Array.from({ length: 1001 }, () => ({ client_id: 'x' }));
/** A report of a use with these members, and of one before it. */
const second = (members: object) => ({ uses: [{ client_id: 'x' }, members] });

/** Refused reports, and where their first fault is. */
const BAD: [name: string, body: unknown, pointer?: string, detail?: string][] = [
  ['without uses', {}, '/uses', 'uses must be a list of uses.'],
  ['whose uses are an object', { uses: { client_id: 'x' } }, '/uses'],
  ['of 1,001 uses', { uses: TOO_MANY }, '/uses', 'uses must not have more than 1000 entries.'],
  ['of a text', { uses: ['x'] }, '/uses/0/client_id', 'uses[0].client_id is missing.'],
  ['of no client', second({}), '/uses/1/client_id', 'uses[1].client_id must be a client_id.'],
  ['of an empty id', second({ client_id: '' }), '/uses/1/client_id'],
  ['of a number', second({ client_id: 5 }), '/uses/1/client_id'],
  ['of an id of 256 characters', second({ client_id: 'x'.repeat(256) }), '/uses/1/client_id'],
  ['of no secret', second({ client_id: 'x', secret_id: 'oldest' }), '/uses/1/secret_id'],
  ['at seconds since the epoch', second({ client_id: 'x', used_at: 1580472000 }), '/uses/1/used_at'],
  ['at no time', second({ client_id: 'x', used_at: 'noon' }), '/uses/1/used_at'],
  [
    'in the future',
    second({ client_id: 'x', used_at: '2100-01-01T00:00:00Z' }),
    '/uses/1/used_at',
    'uses[1].used_at must not lie in the future.',
  ],
  ['that are a list', '[]'],
  ['with a lone surrogate', '{"uses":[{"client_id":"\\ud800"}]}'],
  ['with NUL', '{"uses":[{"client_id":"\\u0000"}]}'],
];

describe.each(SETTINGS)('reported uses, $setting,', ({ start, open }) => {
  const service = useService(start, open);
  const report = (body: unknown): Promise<Answer> => request(service.url + PATH, { method: 'POST', body });
  const activity = async (client: Subject) => (await client.send('GET', '/activity')).body;

  it('count for the client and its secret, at their time, and never move the last use backwards', async () => {
    const client = await Subject.create(service);
    await client.rotate();
    const [current, older] = (await client.list()).map(({ id }) => id);
    const unused = (await client.get()).body['created_at'];
    expect(await activity(client)).toMatchObject({
      client_id: client.id,
      last_used_at: null,
      unused_since: unused,
      secrets: [
        { id: current, last_used_at: null },
        { id: older, last_used_at: null },
      ],
    });
    const reported = async (minute: number, secret_id?: string | null) => {
      const answer = await report({ uses: [{ client_id: client.id, secret_id, used_at: at(minute) }] });
      expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([202, '', 'no-store']);
      const { last_used_at: last, secrets } = await activity(client);
      return [last, ...(secrets as { last_used_at: unknown }[]).map(({ last_used_at: used }) => used)];
    };
    expect(await reported(5, older)).toEqual([at(5), null, at(5)]);
    expect(await reported(7)).toEqual([at(7), null, at(5)]);
    expect(await reported(3, current)).toEqual([at(7), at(3), at(5)]);
    expect(await reported(4, null)).toEqual([at(7), at(3), at(5)]);
    // It is not unused for longer than it exists.
    expect((await activity(client))['unused_since']).toBe(unused);
    const before = new Date().toISOString();
    await report({ uses: [{ client_id: client.id }] });
    const { last_used_at: last, unused_since: since } = await activity(client);
    expect(String(last) >= before && last === since).toBe(true);
  });

  it('are ignored for what does not exist, and for the secret of another client', async () => {
    const [one, other] = [await Subject.create(service), await Subject.create(service)];
    const [secret] = await other.list();
    const uses = [
      { client_id: 'nobody' },
      { client_id: one.id, secret_id: secret?.id },
      { client_id: other.id, secret_id: UUID },
    ];
    expect((await report({ uses: [...uses, ...uses] })).status).toBe(202);
    expect((await activity(other))['secrets']).toMatchObject([{ last_used_at: null }]);
    await report({ uses: [{ client_id: other.id, secret_id: secret?.id }] });
    expect((await activity(other))['secrets']).toMatchObject([{ last_used_at: expect.any(String) }]);
    expect([(await activity(one))['last_used_at'], (await activity(other))['last_used_at']]).not.toContain(null);
    expect((await request(`${service.url}/admin/clients/nobody/activity`)).status).toBe(404);
    expect((await report({ uses: [] })).status).toBe(202);
  });

  const refusals = BAD.map(([name, body, pointer, detail]) => ({ name, body, pointer, detail }));
  it.each(refusals)('$name are refused', async ({ body, pointer, detail }) => {
    const answer = await report(body);
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request']);
    if (pointer) expect(answer.body['errors']).toMatchObject([{ pointer, ...(detail && { detail }) }]);
  });

  it('are taken from a clock that is a little ahead, as uses of now', async () => {
    const client = await Subject.create(service);
    const ahead = new Date(Date.now() + 30_000).toISOString();
    expect((await report({ uses: [{ client_id: client.id, used_at: ahead }] })).status).toBe(202);
    expect(String((await activity(client))['last_used_at']) < ahead).toBe(true);
  });

  it('are no obstacle to a client of that name', async () => {
    const client = await Subject.create(service, { client_id: 'activity' });
    expect((await client.get()).status).toBe(200);
    expect((await activity(client))['client_id']).toBe('activity');
    expect((await client.send('DELETE')).status).toBe(204);
  });
});

describe.each(DATABASES)('owners, on $database,', ({ open }) => {
  const service = useService(startStandalone, open, { authenticators: [HONEST] });

  it('report and see uses of their own clients only, and are told nothing of others', async () => {
    const call = (method: string, path: string, owner: string | undefined, body?: unknown) =>
      request(`${service.url}/admin/clients${path}`, {
        method,
        body,
        headers: as({ owner, ...(owner && { scopes: ['clients:read', 'clients:authenticate'] }) }),
      });
    for (const owner of ['a', 'b']) await call('POST', '', undefined, { client_id: `of-${owner}`, owner });
    const uses = ['of-a', 'of-b', 'nobody'].map((client_id) => ({ client_id }));
    const answers = await Promise.all(uses.map((use) => call('POST', '/activity', 'a', { uses: [use] })));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['202 ']));
    expect((await call('GET', '/of-a/activity', 'a')).body['last_used_at']).not.toBeNull();
    expect((await call('GET', '/of-b/activity', undefined)).body['last_used_at']).toBeNull();
    const [foreign, missing] = [await call('GET', '/of-b/activity', 'a'), await call('GET', '/nobody/activity', 'a')];
    expect([foreign.status, foreign.text]).toEqual([404, missing.text]);
  });
});
