import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import { replace } from './support/json-patch.js';
import { FAR, GENERATED, PUBLIC_KEY, Subject } from './support/subject.js';
import { useService } from './support/use.js';

const PAST_MESSAGE = /client_secret_expires_at must lie in the future/;
const now = () => Math.floor(Date.now() / 1000);
const set = (member: string, value: unknown) => replace(`/${member}`, value);

describe.each(SETTINGS)('the life of secrets, $setting', ({ start, open }) => {
  const service = useService(start, open);

  it('has secrets only where the method uses them', async () => {
    for (const members of [
      { token_endpoint_auth_method: 'none' },
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [PUBLIC_KEY] } },
    ]) {
      const subject = await Subject.create(service, members);
      expect([subject.secrets, await subject.list()]).toEqual([[], []]);
      for (const [method, path] of [
        ['POST', ''],
        ['POST', '/rotate'],
        ['DELETE', '/rotate'],
      ] as const) {
        const { body } = await subject.refuses(method, `/secrets${path}`);
        expect(body['error_description']).toContain(members.token_endpoint_auth_method);
      }
    }
  });

  it('keeps the current secret and five older ones, added or rotated', async () => {
    const subject = await Subject.create(service);
    for (let times = 0; times < 4; times += 1) {
      await subject.add();
      await subject.rotate();
    }
    expect(await subject.working()).toEqual([false, false, false, true, true, true, true, true, true]);
    const kept = subject.secrets.slice(-6).toReversed();
    expect(await subject.hints()).toEqual(kept.map((secret) => secret.slice(-4)));
  });

  it('does not count secrets that have ended among the older ones', async () => {
    const subject = await Subject.create(service);
    await subject.add();
    await subject.endCurrent();
    for (let times = 0; times < 5; times += 1) await subject.rotate();
    expect(await subject.list()).toHaveLength(6);
    expect(await subject.working()).toEqual([true, false, true, true, true, true, true]);
  });

  it('ends all secrets but the current one, at once, its own end kept', async () => {
    const subject = await Subject.create(service);
    await subject.rotate();
    await subject.add({ expires_at: FAR });
    const { body } = await subject.done('DELETE', '/secrets/rotate');
    expect(body).not.toHaveProperty('client_secret');
    expect([await subject.ends(), await subject.expiry()]).toEqual([[FAR], FAR]);
    expect(await subject.working()).toEqual([false, false, true]);
  });

  it.each([
    ['no body', undefined],
    ['an empty body', {}],
    ['no grace', { grace: null }],
    ['an empty grace', { grace: '' }],
    ['unknown members', { unknown: 1, client_secret: 'a chosen secret', expires_at: FAR }],
  ])('lets the older secrets stay without an end when it is rotated with %s', async (_, body) => {
    const subject = await Subject.create(service);
    const answer = await subject.rotate(body);
    expect(answer.body['client_secret']).toMatch(GENERATED);
    expect([await subject.ends(), await subject.working()]).toEqual([
      [0, 0],
      [true, true],
    ]);
    const read = await subject.get();
    expect(answer.headers['etag']).toBe(read.headers['etag']);
    expect({ ...read.body, client_secret: subject.secrets[1] }).toEqual(answer.body);
  });

  it.each([
    ['1h', 3600],
    ['1h30m0.5s', 5401],
    ['1ns', 1],
  ])('ends the older secrets after a grace of %s, and the new one never', async (grace, seconds) => {
    const subject = await Subject.create(service);
    await subject.rotate();
    const earliest = now() + seconds;
    await subject.rotate({ grace });
    const latest = now() + seconds;
    const [current, ...older] = await subject.ends();
    expect([current, older.length, await subject.expiry()]).toEqual([0, 2, 0]);
    for (const end of older) expect(end >= earliest && end <= latest).toBe(true);
    expect((await subject.working()).at(-1)).toBe(true);
  });

  it('ends the older secrets at once without any grace', async () => {
    const subject = await Subject.create(service);
    await subject.rotate();
    await subject.rotate({ grace: '0s' });
    expect([await subject.working(), await subject.ends()]).toEqual([[false, false, true], [0]]);
  });

  it('takes a grace beyond 64 bits', async () => {
    const subject = await Subject.create(service);
    await subject.rotate({ grace: `${'9'.repeat(1000)}h` });
    expect([await subject.working(), await subject.ends()]).toEqual([
      [true, true],
      [0, Number.MAX_SAFE_INTEGER],
    ]);
  });

  it('never prolongs by a grace what ends earlier', async () => {
    const subject = await Subject.create(service);
    const soon = now() + 600;
    await subject.add({ expires_at: soon });
    await subject.add({ expires_at: FAR });
    await subject.rotate({ grace: '24h' });
    const [current, far, kept] = await subject.ends();
    expect([current, kept]).toEqual([0, soon]);
    expect(far).toBeLessThan(FAR);
  });

  it.each([
    ['a number', 5],
    ['a list', ['1h']],
    ['an object', {}],
    ['true', true],
    ['no unit', '3600'],
    ['a sign', '-1h'],
    ['a space', ' 1h'],
    ['an unknown unit', '1d'],
    ['no number', 'h'],
    ['a date', '2026-01-31T12:00:00Z'],
    ['NUL', '1h\0'],
    ['1,025 characters', `${'1'.repeat(1024)}h`],
  ])('refuses %s as a grace and changes nothing', async (_, grace) => {
    const subject = await Subject.create(service);
    await subject.rotate();
    const { body } = await subject.refuses('POST', '/secrets/rotate', { grace });
    expect(body['errors']).toEqual([{ pointer: '/grace', detail: expect.any(String) }]);
    expect(await subject.working()).toEqual([true, true]);
  });

  it('sets the end of the current secret by PUT and by PATCH, and of no other', async () => {
    const subject = await Subject.create(service);
    await subject.rotate();
    await subject.done('PATCH', '', [set('client_secret_expires_at', FAR)]);
    expect([await subject.expiry(), await subject.ends()]).toEqual([FAR, [FAR, 0]]);
    await subject.done('PUT', '/lifespans', { implicit_grant_id_token_lifespan: '1h' });
    expect([await subject.expiry(), await subject.ends()]).toEqual([FAR, [FAR, 0]]);
    await subject.done('PUT', '', { client_secret_expires_at: FAR + 1 });
    expect([await subject.expiry(), await subject.ends()]).toEqual([FAR + 1, [FAR + 1, 0]]);
    await subject.rotate();
    expect([await subject.expiry(), await subject.ends()]).toEqual([0, [0, FAR + 1, 0]]);
    await subject.add({ expires_at: FAR });
    await subject.done('PUT', '', { client_name: 'defaults' });
    expect([await subject.expiry(), await subject.ends()]).toEqual([0, [0, 0, FAR + 1, 0]]);
    expect(await subject.working()).toEqual([true, true, true, true]);
  });

  it('refuses an end in the past that is not the stored one, by PUT and by PATCH', async () => {
    const subject = await Subject.create(service);
    for (const end of [1, now() - 1, now()]) {
      const put = await subject.refuses('PUT', '', { client_secret_expires_at: end });
      const patch = await subject.refuses('PATCH', '', [set('client_secret_expires_at', end)]);
      for (const { body } of [put, patch]) expect(body['error_description']).toMatch(PAST_MESSAGE);
    }
    for (const end of [-1, 1.5, 'never', true, 2 ** 53])
      await subject.refuses('PUT', '', { client_secret_expires_at: end });
  });

  it('takes back an end in the past that stands already, but for no new secret', async () => {
    const subject = await Subject.create(service);
    await subject.endCurrent();
    expect(await subject.working()).toEqual([false]);
    const { body: read } = await subject.get();
    await subject.done('PUT', '', { ...read, owner: 'team' });
    await subject.done('PATCH', '', [set('client_name', 'Orders')]);
    expect([await subject.expiry(), await subject.ends(), await subject.working()]).toEqual([1, [1], [false]]);
    await subject.refuses('PUT', '', { ...read, client_secret_expires_at: 2 });
    await subject.refuses('PATCH', '', [set('client_secret_expires_at', 2)]);
    await subject.refuses('PUT', '', { ...read, client_secret: 'a chosen secret' });
    const { body } = await subject.refuses('PATCH', '', [set('client_secret', 'a chosen secret')]);
    expect(body['error_description']).toMatch(PAST_MESSAGE);
    await subject.done('PATCH', '', [set('client_secret', 'a chosen secret'), set('client_secret_expires_at', FAR)]);
    expect([await subject.ends(), await subject.working()]).toEqual([[FAR], [false, true]]);
  });

  it('does not bring a secret back that has ended, unless a later end is set', async () => {
    const subject = await Subject.create(service);
    await subject.endCurrent();
    await subject.done('PUT', '', { client_name: 'by somebody who knows of no ends' });
    await subject.done('PATCH', '', [set('client_secret_expires_at', 0)]);
    expect([await subject.expiry(), await subject.working()]).toEqual([1, [false]]);
    await subject.done('PATCH', '', [set('client_secret_expires_at', FAR)]);
    expect([await subject.expiry(), await subject.working()]).toEqual([FAR, [true]]);
  });

  it('does not end the last valid secret together with the older ones', async () => {
    const subject = await Subject.create(service);
    await subject.rotate();
    await subject.endCurrent();
    const { status } = await subject.send('DELETE', '/secrets/rotate');
    expect([status, await subject.working()]).toEqual([409, [true, false]]);
  });

  it('lets a client whose secret has ended go on with a new one', async () => {
    const subject = await Subject.create(service);
    await subject.endCurrent();
    await subject.rotate();
    expect([await subject.expiry(), await subject.working()]).toEqual([0, [false, true]]);
  });

  it.each([
    ['PUT', { client_secret: 'a chosen secret' }],
    ['PATCH', [set('client_secret', 'a chosen secret')]],
  ])('keeps all secrets when %s gives none, and ends all older ones when it gives one', async (method, body) => {
    const subject = await Subject.create(service);
    await subject.rotate();
    const before = await subject.list();
    const other = method === 'PUT' ? { client_name: 'other' } : [set('client_name', 'other')];
    expect((await subject.done(method, '', other)).body).not.toHaveProperty('client_secret');
    expect([await subject.list(), await subject.working()]).toEqual([before, [true, true]]);
    expect((await subject.done(method, '', body)).body['client_secret']).toBe('a chosen secret');
    expect(await subject.working()).toEqual([false, false, true]);
    expect(await subject.list()).toMatchObject([{ hint: null, expires_at: 0 }]);
  });

  it.each([
    ['none', {}],
    ['private_key_jwt', { jwks: { keys: [PUBLIC_KEY] } }],
  ])('ends all secrets when the method becomes %s, and makes none when it needs one again', async (method, keys) => {
    const subject = await Subject.create(service);
    await subject.add({ expires_at: FAR });
    const without = { ...keys, token_endpoint_auth_method: method };
    // A chosen secret with a method that uses none is neither stored nor shown (design: changing the method).
    const chosen = { client_secret: 'a chosen secret', client_secret_expires_at: FAR };
    const { body } = await subject.done('PUT', '', { ...without, ...chosen });
    expect([body['client_secret'], body['client_secret_expires_at']]).toEqual([undefined, 0]);
    expect([await subject.list(), await subject.working()]).toEqual([[], [false, false]]);
    const back = [set('token_endpoint_auth_method', 'client_secret_post')];
    expect((await subject.done('PATCH', '', back)).body).not.toHaveProperty('client_secret');
    expect([await subject.list(), await subject.working()]).toEqual([[], [false, false]]);
    await subject.done('PUT', '', { client_secret_expires_at: FAR });
    expect([await subject.list(), await subject.expiry()]).toEqual([[], 0]);
    await (method === 'none' ? subject.rotate() : subject.add());
    expect(await subject.working()).toEqual([false, false, true]);
    expect(await subject.verifies('a chosen secret')).toBe(false);
  });
});

describe.each(SETTINGS)('secrets.olderSecrets, $setting', ({ start, open }) => {
  it.each([
    [0, [false, false, false, true]],
    [1, [false, false, true, true]],
    [2, [false, true, true, true]],
  ])('as %i is how many older secrets stay', async (olderSecrets, kept) => {
    await using database = await open();
    await using service = await start({ database, options: { secrets: { bcryptCost: 4, olderSecrets } } });
    const subject = await Subject.create(service);
    await subject.rotate();
    await subject.add({ client_secret: 'a chosen secret' });
    await subject.rotate({ grace: '1h' });
    expect(await subject.working()).toEqual(kept);
    expect(await subject.list()).toHaveLength(olderSecrets + 1);
  });
});
