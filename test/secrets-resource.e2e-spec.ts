import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SecretsService } from '../src/index.js';
import { SETTINGS, type RunningApp } from './support/app.js';
import type { TestDatabase } from './support/databases.js';
import type { Answer } from './support/http.js';

const GENERATED = /^oacs_[0-9A-Za-z]{49}$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const FAR = 4102444800;

/** A secret as it is listed. */
interface Shown {
  id: string;
  label: string | null;
  hint: string | null;
  created_at: string;
  expires_at: number;
  last_used_at: string | null;
}

async function requested(url: string, method: string, body?: unknown): Promise<Answer> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(url, { method, body: text, headers: { 'content-type': 'application/json' } });
  const answer = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const members = (isJson && answer !== '' ? JSON.parse(answer) : {}) as Record<string, unknown>;
  return { status: response.status, headers: Object.fromEntries(response.headers), text: answer, body: members };
}

/** A client under test. */
class Subject {
  private constructor(
    private readonly service: RunningApp,
    readonly id: string,
    /** The secret that it was created with. */
    readonly secret: string,
  ) {}

  static async create(service: RunningApp, members: object = {}): Promise<Subject> {
    const { status, body } = await requested(`${service.url}/admin/clients`, 'POST', members);
    expect(status).toBe(201);
    return new Subject(service, String(body['client_id']), String(body['client_secret']));
  }

  send(method: string, path = '', body?: unknown): Promise<Answer> {
    return requested(`${this.service.url}/admin/clients/${encodeURIComponent(this.id)}${path}`, method, body);
  }

  async list(): Promise<Shown[]> {
    const { status, text } = await this.send('GET', '/secrets');
    expect([status, text]).toEqual([200, expect.not.stringMatching(/hash|\$2[aby]\$|sha256/)]);
    return JSON.parse(text) as Shown[];
  }

  /** Adds a secret, and tells it. */
  async add(body?: object): Promise<{ id: string; secret: string; answer: Answer }> {
    const answer = await this.send('POST', '/secrets', body);
    expect([answer.status, answer.body['errors']]).toEqual([201, undefined]);
    return { id: String(answer.body['id']), secret: String(answer.body['client_secret']), answer };
  }

  revoke(secretId: string, query = ''): Promise<Answer> {
    return this.send('DELETE', `/secrets/${encodeURIComponent(secretId)}${query}`);
  }

  verify(secret: string): Promise<boolean> {
    return this.service.get(SecretsService).verify(this.id, secret);
  }

  working(secrets: readonly string[]): Promise<boolean[]> {
    return Promise.all(secrets.map((secret) => this.verify(secret)));
  }

  async expiry(): Promise<unknown> {
    return (await this.send('GET')).body['client_secret_expires_at'];
  }

  /** Ends a secret as time would. */
  async end(secretId: string): Promise<void> {
    await this.service.dataSource.query(`UPDATE oauth2_client_secret SET expires_at = 1 WHERE id = '${secretId}'`);
  }

  /** All that is known of it. */
  async state(): Promise<unknown> {
    const client = await this.send('GET');
    return [client.status, client.text, client.headers['etag'], await this.list()];
  }

  /** Expects a refusal that leaves everything as it was. */
  async refuses(status: number, method: string, path: string, body?: unknown): Promise<Answer> {
    const before = await this.state();
    const answer = await this.send(method, path, body);
    expect([answer.status, await this.state()]).toEqual([status, before]);
    return answer;
  }
}

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

describe.each(SETTINGS)('…/secrets, $setting', ({ start, open }) => {
  let database: TestDatabase;
  let service: RunningApp;
  beforeAll(async () => {
    database = await open();
    service = await start({ database });
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

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
      const { secret, answer } = await subject.add(body);
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
    const { answer } = await subject.add(sent);
    expect(answer.body).toMatchObject({ ...sent, hint: null });
    const [first] = await subject.list();
    expect(first).toMatchObject({ label: 'blau 🙂', hint: null, expires_at: FAR });
    expect(await subject.working(['a chosen secret', subject.secret])).toEqual([true, true]);
    expect(await subject.expiry()).toBe(FAR);
  });

  it('takes secrets of 6 and of 1,024 bytes, labels of 1,024 characters and the last exact number', async () => {
    const subject = await Subject.create(service);
    for (const secret of ['ééé', 'é'.repeat(512)]) {
      const sent = { client_secret: secret, label: 'x'.repeat(1024), expires_at: Number.MAX_SAFE_INTEGER };
      expect((await subject.add(sent)).answer.body).toMatchObject(sent);
      expect(await subject.verify(secret)).toBe(true);
    }
    expect(await subject.expiry()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('treats a chosen secret as generated when a registry like this one has generated it', async () => {
    const { secret } = await Subject.create(service);
    const subject = await Subject.create(service, { client_secret: 'a chosen secret' });
    await subject.add({ client_secret: secret });
    expect((await subject.list()).map(({ hint }) => hint)).toEqual([secret.slice(-4), null]);
    expect(await subject.working([secret, 'a chosen secret'])).toEqual([true, true]);
  });

  it.each(BAD_INPUTS)('refuses %s and changes nothing', async (_, body, pointer) => {
    const subject = await Subject.create(service);
    const answer = await subject.refuses(400, 'POST', '/secrets', body);
    expect(answer.body['error']).toMatch(/^invalid_(client_metadata|request)$/);
    if (pointer) expect(answer.body['errors']).toEqual([{ pointer, detail: expect.any(String) }]);
    expect(answer.body['error_description']).toContain(pointer?.slice(1) ?? 'JSON object');
    expect(answer.text).not.toMatch(/chosen|oacs_\w/);
  });

  it('tells every fault of a body in one answer', async () => {
    const subject = await Subject.create(service);
    const { body } = await subject.refuses(400, 'POST', '/secrets', { client_secret: 1, label: 2, expires_at: 'x' });
    const pointers = (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.toSorted()).toEqual(['/client_secret', '/expires_at', '/label']);
  });

  it('lists the newest first, whatever became of the others', async () => {
    const subject = await Subject.create(service);
    const ids = [(await subject.list())[0]?.id];
    for (const label of ['one', 'two', 'three', 'four']) ids.unshift((await subject.add({ label })).id);
    expect((await subject.list()).map(({ id }) => id)).toEqual(ids);
    await subject.revoke(String(ids[2]));
    await subject.send('PUT', '/lifespans', { implicit_grant_id_token_lifespan: '1h' });
    expect((await subject.list()).map(({ id }) => id)).toEqual(ids.toSpliced(2, 1));
  });

  it('ends one secret and no other', async () => {
    const subject = await Subject.create(service);
    const { id, secret } = await subject.add();
    const third = await subject.add({ label: 'third' });
    const answer = await subject.revoke(id);
    expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([204, '', 'no-store']);
    expect(await subject.working([subject.secret, secret, third.secret])).toEqual([true, false, true]);
    expect((await subject.revoke(id)).body['error']).toBe('not_found');
  });

  it('makes the newest of the others current when the current one is revoked, and reports its end', async () => {
    const subject = await Subject.create(service);
    await subject.add({ label: 'next', expires_at: FAR });
    const { id } = await subject.add({ label: 'current', expires_at: FAR + 1 });
    expect(await subject.expiry()).toBe(FAR + 1);
    await subject.revoke(id);
    expect([(await subject.list())[0]?.label, await subject.expiry()]).toEqual(['next', FAR]);
    await subject.revoke(String((await subject.list())[0]?.id));
    expect(await subject.expiry()).toBe(0);
    expect(await subject.verify(subject.secret)).toBe(true);
  });

  it('answers 404 for a secret that the client has not, and for an unknown client', async () => {
    const subject = await Subject.create(service);
    const other = await Subject.create(service);
    await other.add();
    const [foreign] = await other.list();
    for (const id of ['nothing', 'x'.repeat(300), 'a b/ü%', String(foreign?.id), subject.id]) {
      const answer = await subject.refuses(404, 'DELETE', `/secrets/${encodeURIComponent(id)}?force=true`);
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
      const answer = await requested(`${service.url}/admin/clients/nobody/secrets${path}`, method);
      expect([method, answer.status, answer.body['error']]).toEqual([method, 404, 'not_found']);
    }
  });

  it('does not end the last valid secret by accident, but on demand', async () => {
    const subject = await Subject.create(service);
    const { id: ended } = await subject.add({ expires_at: FAR });
    const [, last] = await subject.list();
    await subject.end(ended);
    for (const query of [
      '',
      '?force',
      '?force=',
      '?force=1',
      '?force=false',
      '?force=TRUE',
      '?force=true&force=true',
    ]) {
      const answer = await subject.refuses(409, 'DELETE', `/secrets/${String(last?.id)}${query}`);
      expect([answer.body['error'], answer.body['error_description']]).toEqual([
        'conflict',
        expect.stringContaining('force=true'),
      ]);
    }
    expect((await subject.revoke(String(last?.id), '?force=true')).status).toBe(204);
    expect(await subject.verify(subject.secret)).toBe(false);
    expect((await subject.list()).map(({ id }) => id)).toEqual([ended]);
  });

  it('ends the oldest secret by that word, the last valid one only on demand', async () => {
    const subject = await Subject.create(service);
    const { id: second } = await subject.add();
    const { id: third } = await subject.add();
    expect((await subject.revoke('oldest')).status).toBe(204);
    expect((await subject.list()).map(({ id }) => id)).toEqual([third, second]);
    expect((await subject.revoke('oldest')).status).toBe(204);
    expect((await subject.list()).map(({ id }) => id)).toEqual([third]);
    await subject.refuses(409, 'DELETE', '/secrets/oldest');
    expect((await subject.revoke('oldest', '?force=true')).status).toBe(204);
    expect(await subject.list()).toEqual([]);
    await subject.refuses(404, 'DELETE', '/secrets/oldest?force=true');
  });

  it('ends one that has ended already without asking, and begins anew after the last', async () => {
    const subject = await Subject.create(service);
    const [only] = await subject.list();
    await subject.end(String(only?.id));
    expect((await subject.revoke(String(only?.id))).status).toBe(204);
    expect([await subject.list(), await subject.expiry()]).toEqual([[], 0]);
    const { secret } = await subject.add();
    expect(await subject.working([subject.secret, secret])).toEqual([false, true]);
  });

  it('remembers when a secret was last used, to the minute, and changes no client by it', async () => {
    const subject = await Subject.create(service);
    const { secret } = await subject.add();
    const before = await subject.send('GET');
    const uses = async () => (await subject.list()).map(({ last_used_at: at }) => at);
    const earliest = new Date().toISOString();
    expect(await subject.working([subject.secret, `${secret}x`])).toEqual([true, false]);
    const [current, older] = await uses();
    expect([current, older]).toEqual([null, expect.stringMatching(UTC)]);
    expect(String(older) >= earliest && String(older) <= new Date().toISOString()).toBe(true);
    const [, { id }] = (await subject.list()) as [Shown, Shown];
    for (const [secondsAgo, isKept] of [
      [30, true],
      [61, false],
    ] as const) {
      const then = new Date(Date.now() - secondsAgo * 1000).toISOString();
      await service.dataSource.query(`UPDATE oauth2_client_secret SET last_used_at = '${then}' WHERE id = '${id}'`);
      expect(await subject.verify(subject.secret)).toBe(true);
      expect(((await uses())[1] === then) === isKept).toBe(true);
    }
    const used = await uses();
    const after = await subject.send('GET');
    expect([after.text, after.headers['etag']]).toEqual([before.text, before.headers['etag']]);
    await subject.send('PUT', '', { client_name: 'changed', client_secret_expires_at: FAR });
    expect(await uses()).toEqual(used);
  });
});
