import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import { request } from './support/http.js';
import { FAR, GENERATED, Subject } from './support/subject.js';
import { useService } from './support/use.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const BAD_INPUTS: [name: string, body: object | string, pointer: string | undefined][] = [
  ['a secret that is a number', { client_secret: 123456 }, '/client_secret'],
  ['a secret that is a list', { client_secret: ['a chosen secret'] }, '/client_secret'],
  ['a secret that is an object', { client_secret: { value: 'a chosen secret' } }, '/client_secret'],
  ['a secret of 5 bytes', { client_secret: 'ééx' }, '/client_secret'],
  ['a secret of 1,025 bytes', { client_secret: `${'é'.repeat(512)}x` }, '/client_secret'],
  ['a secret of 2,000 characters', { client_secret: 'x'.repeat(2000) }, '/client_secret'],
  ['a secret that poses as generated', { client_secret: `oacs_${'x'.repeat(49)}` }, '/client_secret'],
  ['a secret that begins as generated ones do', { client_secret: 'oacs_mine' }, '/client_secret'],
  ['a secret with NUL', { client_secret: 'a chosen\0secret' }, '/client_secret'],
  ['a secret with a lone surrogate', '{"client_secret":"a chosen \\ud800"}', '/client_secret'],
  ['a label that is a number', { label: 5 }, '/label'],
  ['a label that is an object', { label: {} }, '/label'],
  ['a label that is a list', { label: ['blue'] }, '/label'],
  ['a label of 1,025 characters', { label: 'x'.repeat(1025) }, '/label'],
  ['a label with NUL', { label: 'a\0b' }, '/label'],
  ['an end that is text', { expires_at: String(FAR) }, '/expires_at'],
  ['an end that is true', { expires_at: true }, '/expires_at'],
  ['an end that is a list', { expires_at: [FAR] }, '/expires_at'],
  ['an end with a fraction', { expires_at: FAR + 0.5 }, '/expires_at'],
  ['a negative end', { expires_at: -1 }, '/expires_at'],
  ['an end that is no exact number', { expires_at: 2 ** 53 }, '/expires_at'],
  ['an end beyond all numbers', '{"expires_at":1e999}', '/expires_at'],
  ['an end in the past', { expires_at: 1 }, '/expires_at'],
  ['an end a second ago', { expires_at: Math.floor(Date.now() / 1000) - 1 }, '/expires_at'],
  ['an end now', { expires_at: Math.floor(Date.now() / 1000) }, '/expires_at'],
  ['a list', [{ label: 'blue' }], undefined],
];

/** Adds a secret. */
async function added(subject: Subject, members?: object): Promise<{ id: string; secret: string }> {
  const { body } = await subject.add(members);
  return { id: String(body['id']), secret: String(body['client_secret']) };
}

describe.each(SETTINGS)('…/secrets, $setting', ({ start, open }) => {
  const service = useService(start, open);

  it('shows everything of a secret but the secret', async () => {
    const subject = await Subject.create(service);
    const { headers, text } = await subject.send('GET', '/secrets');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(text).not.toContain(subject.secret);
    const shown = { label: null, hint: subject.secret.slice(-4), expires_at: 0, last_used_at: null };
    expect(JSON.parse(text)).toEqual([
      { ...shown, id: expect.stringMatching(UUID), created_at: expect.stringMatching(UTC) },
    ]);
  });

  it('adds a generated secret for no body, for an empty one and for one of unknown members, and shows it this once', async () => {
    const subject = await Subject.create(service);
    for (const body of [undefined, {}, { id: 'mine', hint: 'mine', unknown: 1, client_secret: null, label: '' }]) {
      const answer = await subject.add(body);
      const secret = String(answer.body['client_secret']);
      expect(secret).toMatch(GENERATED);
      const { client_secret: _, ...shown } = answer.body;
      const [first, ...others] = await subject.list();
      expect(first).toEqual(shown);
      expect(shown).toEqual({
        id: expect.stringMatching(UUID),
        label: null,
        hint: secret.slice(-4),
        created_at: expect.stringMatching(UTC),
        expires_at: 0,
        last_used_at: null,
      });
      expect(others.map(({ id }) => id)).not.toContain(shown['id']);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(await subject.working([subject.secret, secret, `${secret}x`])).toEqual([true, true, false]);
    }
    expect(await subject.list()).toHaveLength(4);
  });

  it('adds a chosen secret with a label and an end, and gives no hint of it', async () => {
    const subject = await Subject.create(service);
    const sent = { client_secret: 'a chosen secret', label: 'blau 🙂', expires_at: FAR };
    expect((await subject.add(sent)).body).toMatchObject({ ...sent, hint: null });
    const [first] = await subject.list();
    expect(first).toMatchObject({ label: 'blau 🙂', hint: null, expires_at: FAR });
    expect(await subject.working(['a chosen secret', subject.secret])).toEqual([true, true]);
    expect(await subject.expiry()).toBe(FAR);
  });

  it('takes secrets of 6 and of 1,024 bytes, labels of 1,024 characters and the last exact number', async () => {
    const subject = await Subject.create(service);
    for (const secret of ['ééé', 'é'.repeat(512)]) {
      const sent = { client_secret: secret, label: 'x'.repeat(1024), expires_at: Number.MAX_SAFE_INTEGER };
      expect((await subject.add(sent)).body).toMatchObject(sent);
      expect(await subject.verifies(secret)).toBe(true);
    }
    expect(await subject.expiry()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('treats a chosen secret as generated when a registry like this one has generated it', async () => {
    const { secret } = await Subject.create(service);
    const subject = await Subject.create(service, { client_secret: 'a chosen secret' });
    await subject.add({ client_secret: secret });
    expect(await subject.hints()).toEqual([secret.slice(-4), null]);
    expect(await subject.working([secret, 'a chosen secret'])).toEqual([true, true]);
  });

  it.each(BAD_INPUTS)('refuses %s and changes nothing', async (_, body, pointer) => {
    const subject = await Subject.create(service);
    const answer = await subject.refuses('POST', '/secrets', body);
    expect(answer.body['error']).toMatch(/^invalid_(client_metadata|request)$/);
    if (pointer) expect(answer.body['errors']).toEqual([{ pointer, detail: expect.any(String) }]);
    expect(answer.body['error_description']).toContain(pointer?.slice(1) ?? 'JSON object');
    expect(answer.text).not.toMatch(/chosen|oacs_\w/);
  });

  it('tells every fault of a body in one answer', async () => {
    const subject = await Subject.create(service);
    const { body } = await subject.refuses('POST', '/secrets', { client_secret: 1, label: 2, expires_at: 'x' });
    const pointers = (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.toSorted()).toEqual(['/client_secret', '/expires_at', '/label']);
  });

  it('lists the newest first, whatever became of the others', async () => {
    const subject = await Subject.create(service);
    const ids = [(await subject.list())[0]?.id];
    for (const label of ['one', 'two', 'three', 'four']) ids.unshift((await added(subject, { label })).id);
    expect((await subject.list()).map(({ id }) => id)).toEqual(ids);
    await subject.revoke(String(ids[2]));
    await subject.send('PUT', '/lifespans', { implicit_grant_id_token_lifespan: '1h' });
    expect((await subject.list()).map(({ id }) => id)).toEqual(ids.toSpliced(2, 1));
  });

  it('ends one secret and no other', async () => {
    const subject = await Subject.create(service);
    const { id, secret } = await added(subject);
    const third = await added(subject, { label: 'third' });
    const answer = await subject.revoke(id);
    expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([204, '', 'no-store']);
    expect(await subject.working([subject.secret, secret, third.secret])).toEqual([true, false, true]);
    expect((await subject.revoke(id)).body['error']).toBe('not_found');
  });

  it('makes the newest of the others current when the current one is revoked, and reports its end', async () => {
    const subject = await Subject.create(service);
    await subject.add({ label: 'next', expires_at: FAR });
    const { id } = await added(subject, { label: 'current', expires_at: FAR + 1 });
    expect(await subject.expiry()).toBe(FAR + 1);
    await subject.revoke(id);
    expect([(await subject.list())[0]?.label, await subject.expiry()]).toEqual(['next', FAR]);
    await subject.revoke(String((await subject.list())[0]?.id));
    expect(await subject.expiry()).toBe(0);
    expect(await subject.verifies(subject.secret)).toBe(true);
  });

  it('answers 404 for a secret that is not of the client, and for an unknown client', async () => {
    const subject = await Subject.create(service);
    const other = await Subject.create(service);
    await other.add();
    const [foreign] = await other.list();
    for (const id of ['nothing', 'x'.repeat(300), 'a b/ü%', String(foreign?.id), subject.id]) {
      const answer = await subject.refuses('DELETE', `/secrets/${encodeURIComponent(id)}?force=true`, undefined, {
        status: 404,
      });
      expect(answer.body['error']).toBe('not_found');
    }
    expect(await other.list()).toHaveLength(2);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', `/${String(foreign?.id)}`],
      ['POST', '/rotate'],
      ['DELETE', '/rotate'],
    ] as const) {
      const answer = await request(`${service.url}/admin/clients/nobody/secrets${path}`, { method });
      expect([method, answer.status, answer.body['error']]).toEqual([method, 404, 'not_found']);
    }
  });

  it('does not end the last valid secret by accident, but on demand', async () => {
    const subject = await Subject.create(service);
    const { id: ended } = await added(subject, { expires_at: FAR });
    const [, last] = await subject.list();
    await subject.end(ended);
    for (const query of [
      '',
      '?force',
      '?force=',
      '?force=1',
      '?force=false',
      '?force=TRUE',
      '?force=false&force=true',
    ]) {
      const answer = await subject.refuses('DELETE', `/secrets/${String(last?.id)}${query}`, undefined, {
        status: 409,
      });
      expect([answer.body['error'], answer.body['error_description']]).toEqual([
        'conflict',
        expect.stringContaining('force=true'),
      ]);
    }
    expect((await subject.revoke(String(last?.id), '?force=true')).status).toBe(204);
    expect(await subject.verifies(subject.secret)).toBe(false);
    expect((await subject.list()).map(({ id }) => id)).toEqual([ended]);
  });

  it('ends the oldest secret by that word, the last valid one only on demand', async () => {
    const subject = await Subject.create(service);
    const { id: second } = await added(subject);
    const { id: third } = await added(subject);
    expect((await subject.revoke('oldest')).status).toBe(204);
    expect((await subject.list()).map(({ id }) => id)).toEqual([third, second]);
    expect((await subject.revoke('oldest')).status).toBe(204);
    expect((await subject.list()).map(({ id }) => id)).toEqual([third]);
    await subject.refuses('DELETE', '/secrets/oldest', undefined, { status: 409 });
    expect((await subject.revoke('oldest', '?force=true')).status).toBe(204);
    expect(await subject.list()).toEqual([]);
    await subject.refuses('DELETE', '/secrets/oldest?force=true', undefined, { status: 404 });
  });

  it('ends one that has ended already without asking, and begins anew after the last', async () => {
    const subject = await Subject.create(service);
    const [only] = await subject.list();
    await subject.end(String(only?.id));
    expect((await subject.revoke(String(only?.id))).status).toBe(204);
    expect([await subject.list(), await subject.expiry()]).toEqual([[], 0]);
    const { secret } = await added(subject);
    expect(await subject.working([subject.secret, secret])).toEqual([false, true]);
  });

  it('remembers when a secret was last used, to the minute, and changes no client by it', async () => {
    const subject = await Subject.create(service);
    const { secret } = await added(subject);
    const before = await subject.get();
    const uses = async () => (await subject.list()).map(({ last_used_at: at }) => at);
    const earliest = new Date().toISOString();
    expect(await subject.working([subject.secret, `${secret}x`])).toEqual([true, false]);
    const [current, older] = await uses();
    expect([current, older]).toEqual([null, expect.stringMatching(UTC)]);
    expect(String(older) >= earliest && String(older) <= new Date().toISOString()).toBe(true);
    const used = await uses();
    const after = await subject.get();
    expect([after.text, after.headers['etag']]).toEqual([before.text, before.headers['etag']]);
    await subject.send('PUT', '', { client_name: 'changed', client_secret_expires_at: FAR });
    expect(await uses()).toEqual(used);
  });
});
