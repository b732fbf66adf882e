import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SecretsService } from '../src/index.js';
import { SETTINGS, type RunningApp } from './support/app.js';
import type { TestDatabase } from './support/databases.js';
import type { Answer } from './support/http.js';

const GENERATED = /^oacs_[0-9A-Za-z]{49}$/;
const PUBLIC_KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

async function requested(url: string, method: string, body?: unknown): Promise<Answer> {
  const response = await fetch(url, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers: Object.fromEntries(headers), text, body: JSON.parse(text) as Record<string, unknown> };
}

/** A client under test, and all secrets that it ever had, in their order. */
class Subject {
  readonly secrets: string[] = [];

  private constructor(
    private readonly service: RunningApp,
    readonly id: string,
  ) {}

  /** One with as many secrets as it is rotated, and one more. */
  static async create(service: RunningApp, { rotations = 0, members = {} } = {}): Promise<Subject> {
    const { status, body } = await requested(`${service.url}/admin/clients`, 'POST', members);
    expect(status).toBe(201);
    const subject = new Subject(service, String(body['client_id']));
    if (typeof body['client_secret'] === 'string') subject.secrets.push(body['client_secret']);
    for (let times = 0; times < rotations; times += 1) await subject.rotate();
    return subject;
  }

  send(method: string, path = '', body?: unknown): Promise<Answer> {
    return requested(`${this.service.url}/admin/clients/${this.id}${path}`, method, body);
  }

  /** Expects a rotation that hands out a new secret and nothing of the older ones. */
  async rotate(): Promise<Answer> {
    const before = await this.send('GET');
    const answer = await this.send('POST', '/secrets/rotate');
    const { client_secret: secret, ...shown } = answer.body;
    expect([answer.status, secret]).toEqual([200, expect.stringMatching(GENERATED)]);
    expect(shown).toEqual({ ...before.body, updated_at: shown['updated_at'] });
    this.hides(answer);
    this.secrets.push(String(secret));
    return answer;
  }

  /** Expects an answer that tells nothing of the secrets so far. */
  hides({ text }: Answer): void {
    expect(text).not.toMatch(/rotated_|"hash"|"hint"|\$sha256|\$2b/);
    for (const secret of this.secrets) expect(text).not.toContain(secret);
  }

  /** Which of its secrets work, the first that it had first? */
  working(): Promise<boolean[]> {
    return Promise.all(this.secrets.map((secret) => this.service.get(SecretsService).verify(this.id, secret)));
  }

  /** Last characters of the secrets that the registry knows, the current one first. */
  async hints(): Promise<unknown[]> {
    const { body } = await this.send('GET', '/secrets');
    return (body as unknown as { hint: unknown }[]).map(({ hint }) => hint);
  }
}

/** Section 9.4 of the contract. */
describe.each(SETTINGS)('the checklist of rotation, $setting', ({ start, open }) => {
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

  it('R01 knows no secret of a client that has none, and three in their order, the newest first', async () => {
    const none = await Subject.create(service, { members: { token_endpoint_auth_method: 'none' } });
    expect(await none.hints()).toEqual([]);
    const subject = await Subject.create(service, { rotations: 2 });
    expect(subject.secrets).toHaveLength(3);
    expect(await subject.hints()).toEqual(subject.secrets.toReversed().map((secret) => secret.slice(-4)));
  });

  it('R02 hands out a new secret at each of eight rotations; of all nine secrets the last six work', async () => {
    const subject = await Subject.create(service, { rotations: 8 });
    expect(new Set(subject.secrets).size).toBe(9);
    expect(await subject.working()).toEqual([false, false, false, true, true, true, true, true, true]);
    expect(await subject.hints()).toEqual(
      subject.secrets
        .slice(3)
        .toReversed()
        .map((secret) => secret.slice(-4)),
    );
  });

  it('R03 lets the old and the new secret work after a rotation', async () => {
    const subject = await Subject.create(service, { members: { client_secret: 'a chosen secret' } });
    expect(subject.secrets).toEqual(['a chosen secret']);
    await subject.rotate();
    expect(await subject.working()).toEqual([true, true]);
  });

  it('R04 lets all three secrets work after two rotations', async () => {
    const subject = await Subject.create(service, {
      rotations: 2,
      members: { token_endpoint_auth_method: 'client_secret_post' },
    });
    expect(await subject.working()).toEqual([true, true, true]);
  });

  it('R05 shows nothing of the secrets in other answers, and keeps all of them when other members change', async () => {
    const subject = await Subject.create(service, { rotations: 2 });
    const name = randomUUID();
    const answers = [
      await subject.send('GET'),
      await subject.send('PUT', '', { client_name: 'put' }),
      await subject.send('PATCH', '', [{ op: 'replace', path: '/client_name', value: name }]),
      await subject.send('PUT', '/lifespans', { implicit_grant_id_token_lifespan: '1h' }),
      await requested(`${service.url}/admin/clients?client_name=${name}`, 'GET'),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(subject.id)]);
      expect(answer.text).not.toContain('client_secret"');
      subject.hides(answer);
    }
    expect(await subject.working()).toEqual([true, true, true]);
  });

  it('R06 ends all secrets but the current one, and shows the client without it', async () => {
    const subject = await Subject.create(service, { rotations: 2 });
    const answer = await subject.send('DELETE', '/secrets/rotate');
    expect([answer.status, answer.body['client_id']]).toEqual([200, subject.id]);
    expect(answer.body).not.toHaveProperty('client_secret');
    subject.hides(answer);
    expect(answer.text).toBe((await subject.send('GET')).text);
    expect(await subject.working()).toEqual([false, false, true]);
  });

  it('R07 rotates again after the older secrets were ended', async () => {
    const subject = await Subject.create(service, { rotations: 1 });
    await subject.send('DELETE', '/secrets/rotate');
    await subject.rotate();
    expect(await subject.working()).toEqual([false, true, true]);
  });

  it('R08 lets only the secret work that a patch sets', async () => {
    const subject = await Subject.create(service, { rotations: 2 });
    const patch = [{ op: 'replace', path: '/client_secret', value: 'a patched secret' }];
    const { status, body } = await subject.send('PATCH', '', patch);
    expect([status, body['client_secret']]).toEqual([200, 'a patched secret']);
    subject.secrets.push('a patched secret');
    expect(await subject.working()).toEqual([false, false, false, true]);
  });

  it('R09 lets a patched secret work on after a rotation', async () => {
    const subject = await Subject.create(service, { rotations: 1 });
    await subject.send('PATCH', '', [{ op: 'add', path: '/client_secret', value: 'a patched secret' }]);
    subject.secrets.push('a patched secret');
    await subject.rotate();
    expect(await subject.working()).toEqual([false, false, true, true]);
  });

  it('R10 lets only the secret work that a client is replaced with', async () => {
    const subject = await Subject.create(service, { rotations: 2 });
    const { status, body } = await subject.send('PUT', '', { client_secret: 'a put secret' });
    expect([status, body['client_secret']]).toEqual([200, 'a put secret']);
    subject.secrets.push('a put secret');
    expect(await subject.working()).toEqual([false, false, false, true]);
  });

  it.each(['POST', 'DELETE'])('R11 answers 404 to %s of an unknown client', async (method) => {
    const { status, body } = await requested(`${service.url}/admin/clients/nobody/secrets/rotate`, method);
    expect([status, body['error']]).toEqual([404, 'not_found']);
  });

  it.each([
    ['R12', 'none', {}],
    ['R13', 'private_key_jwt', { jwks: { keys: [PUBLIC_KEY] } }],
  ])('%s makes no secret for the method %s, refuses both endpoints, and tells why', async (_, method, keys) => {
    const subject = await Subject.create(service, { members: { ...keys, token_endpoint_auth_method: method } });
    expect(subject.secrets).toEqual([]);
    const before = await subject.send('GET');
    for (const verb of ['POST', 'DELETE']) {
      const { status, body } = await subject.send(verb, '/secrets/rotate');
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
      expect(body['error_description']).toMatch(new RegExp(`no secrets.*token_endpoint_auth_method is ${method}`));
    }
    expect((await subject.send('GET')).text).toBe(before.text);
    expect(await subject.hints()).toEqual([]);
  });
});
