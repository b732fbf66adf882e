import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { openTestRegistry } from '../src/testing.js';
import { closing } from './support/closing.js';
import { MERGE_PATCH } from './support/json-patch.js';

/** What an object shows to a program that does not know it: a log, a copy, a response of a host. */
function shownBy(value: object): string {
  return [
    inspect(value, { depth: 9 }),
    inspect(value, { depth: 9, showHidden: true, customInspect: false, getters: false }),
    inspect({ value }, { depth: 9 }),
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    JSON.stringify(structuredClone({ ...value })),
  ].join('\n');
}

describe('the types of the services', () => {
  it('let no misspelt member compile', async () => {
    await using registry = closing(await openTestRegistry());
    const { clients, clientSecrets } = registry;
    const { id } = await clients.create({ client_name: 'a', redirect_uris: null, metadata: { any: ['json'] } });
    // @ts-expect-error clent_name is not a member
    await clients.create({ clent_name: 'a' });
    // @ts-expect-error a name is a text
    await expect(clients.create({ client_name: 5 })).rejects.toThrow('client_name');
    // @ts-expect-error clent_name is not a member
    await clients.replace(id, { clent_name: 'a' });
    // @ts-expect-error clent_name is not a member
    await clients.patch(id, { clent_name: 'a' }, MERGE_PATCH);
    // @ts-expect-error a merge patch needs its media type
    await expect(clients.patch(id, { client_name: 'a' })).rejects.toThrow('array of operations');
    // @ts-expect-error ad is not an operation
    await expect(clients.patch(id, [{ op: 'ad', path: '/client_name', value: 'a' }])).rejects.toThrow('op');
    // @ts-expect-error an addition has a value
    await expect(clients.patch(id, [{ op: 'add', path: '/client_name' }])).rejects.toThrow('value');
    // @ts-expect-error a lifespan is a text
    await expect(clients.setLifespans(id, { implicit_grant_id_token_lifespan: 5 })).rejects.toThrow('lifespan');
    // @ts-expect-error page_sise is not a parameter
    await expect(clients.list({ page_sise: 5 })).rejects.toThrow('page_sise');
    // @ts-expect-error size is a member of URLSearchParams, and not a parameter
    await expect(clients.list({ size: 5 })).rejects.toThrow('size');
    // @ts-expect-error include_total is true or false
    await expect(clients.list({ include_total: 'yes' })).rejects.toThrow('include_total');
    // @ts-expect-error a page has a number of clients
    await expect(clients.list({ page_size: {} })).rejects.toThrow('page_size');
    // @ts-expect-error an owner is one text
    await expect(clients.list({ owner: ['a', 'b'] })).resolves.toBeDefined();
    await clients.list({ page_size: '50', limit: 5, include_total: 'true', created_after: '2026-01-31T12:00:00Z' });
    // @ts-expect-error lable is not a member
    await clientSecrets.add(id, { lable: 'a' });
    // @ts-expect-error grase is not a member
    await clientSecrets.rotate(id, { grase: '1h' });
  });

  it('take members, operations, text, and bytes of any kind', async () => {
    await using registry = closing(await openTestRegistry());
    const { clients } = registry;
    const bytes = new TextEncoder().encode('{"client_id":"bytes","metadata":{"n":1.0}}');
    expect((await clients.create(bytes)).json).toContain('"metadata":{"n":1.0}');
    await clients.create('{"client_id":"text"}');
    await clients.patch('text', [{ op: 'add', path: '/owner', value: 'a' }]);
    await clients.patch('text', { client_name: 'b', logo_uri: null }, MERGE_PATCH);
    await clients.patch('text', new TextEncoder().encode('[{"op":"remove","path":"/client_name"}]'));
    const listed = await clients.list({
      page_size: 1,
      client_id: ['text', 'bytes'],
      include_total: true,
      sort: '-client_id',
    });
    expect([listed.clients.map(({ client_id: id, owner }) => [id, owner]), listed.total]).toEqual([[['text', 'a']], 2]);
    const { client } = await clients.get('text');
    await clients.replace('text', { ...client, client_name: 'as read' });
    expect((await clients.get('text')).client.client_name).toBe('as read');
  });
});

describe('an answer of the services', () => {
  it('shows no secret but to code that asks for it', async () => {
    await using registry = closing(await openTestRegistry());
    const { clients, clientSecrets } = registry;
    const created = await clients.create({ client_name: 'a' });
    const { client_secret: secret, registration_access_token: token } = created.client;
    expect(JSON.parse(JSON.stringify(created))).toEqual((await clients.get(created.id)).client);
    expect(String(created)).toBe(JSON.stringify(created));
    const rotated = await clientSecrets.rotate(created.id);
    const added = await clientSecrets.add(created.id, { label: 'blue' });
    const clear = [secret, token, rotated.client.client_secret, added.client_secret].map(String);
    for (const one of clear) expect(one).toMatch(/^oa(cs|rt)_\w{40,}$/);
    const shown = [created, rotated, added].map(shownBy).join('\n');
    for (const one of clear) expect(shown).not.toContain(one);
    expect(JSON.parse(JSON.stringify(added))).toEqual((await clientSecrets.list(created.id))[0]);
    expect(added.shown).toEqual({ ...JSON.parse(JSON.stringify(added)), client_secret: added.client_secret });
  });
});

describe('what is no string', () => {
  it.each<unknown>([undefined, null, 5, {}])('is no secret of a client: %p', async (presented) => {
    await using registry = closing(await openTestRegistry());
    const { id } = await registry.clients.create({ client_secret: String(presented).padEnd(6, '.') });
    expect(await registry.secrets.verify(id, presented as string)).toBe(false);
    expect(await registry.secrets.verify('nobody', presented as string)).toBe(false);
  });

  it.each<unknown>([undefined, null, 5, ['x']])('is refused as an id: %p', async (id) => {
    await using registry = closing(await openTestRegistry());
    const { clients, clientSecrets, secrets } = registry;
    await clients.create({ client_id: String(id) });
    const wrong = id as string;
    for (const call of [
      () => clients.get(wrong),
      () => clients.replace(wrong, {}),
      () => clients.patch(wrong, []),
      () => clients.setLifespans(wrong, {}),
      () => clients.remove(wrong),
      () => clientSecrets.list(wrong),
      () => clientSecrets.add(wrong),
      () => clientSecrets.rotate(wrong),
      () => clientSecrets.revoke(wrong, 'oldest'),
      () => clientSecrets.forgetOlder(wrong),
      () => secrets.verify(wrong, 'a secret'),
    ])
      await expect(call()).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching(/^A client_id must be a string; \w+ was given\.$/),
      });
  });
});
