import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SETTINGS, type RunningApp } from './support/app.js';
import { rawRequest, request } from './support/http.js';
import { GENERATED, PUBLIC_KEY, Subject } from './support/subject.js';
import { useService } from './support/use.js';

/** A client that was rotated so many times; each rotation handed out a new secret and nothing of the older ones. */
async function rotated(service: RunningApp, times: number, members: object = {}): Promise<Subject> {
  const subject = await Subject.create(service, members);
  for (let count = 0; count < times; count += 1) await rotate(subject);
  return subject;
}

/** Expects a rotation that hands out a new secret and shows nothing of the older ones. */
async function rotate(subject: Subject): Promise<void> {
  const before = await subject.get();
  const older = [...subject.secrets];
  const { text, body } = await subject.rotate();
  const { client_secret: secret, ...shown } = body;
  expect(secret).toMatch(GENERATED);
  expect(shown).toEqual({ ...before.body, updated_at: shown['updated_at'] });
  expectHidden(text, older);
}

/** Expects a text that tells nothing of these secrets. */
function expectHidden(text: string, secrets: readonly string[]): void {
  expect(text).not.toMatch(/rotated_|"hash"|"hint"|\$sha256|\$2b/);
  for (const secret of secrets) expect(text).not.toContain(secret);
}

describe.each(SETTINGS)('the rotation of secrets, $setting', ({ start, open }) => {
  const service = useService(start, open);

  it('knows no secret of a client that has none, and three in their order, the newest first', async () => {
    const none = await Subject.create(service, { token_endpoint_auth_method: 'none' });
    expect(await none.hints()).toEqual([]);
    const subject = await rotated(service, 2);
    expect(subject.secrets).toHaveLength(3);
    expect(await subject.hints()).toEqual(subject.secrets.toReversed().map((secret) => secret.slice(-4)));
  });

  it('hands out a new secret at each of eight rotations; of all nine secrets the last six work', async () => {
    const subject = await rotated(service, 8);
    expect(new Set(subject.secrets).size).toBe(9);
    expect(await subject.working()).toEqual([false, false, false, true, true, true, true, true, true]);
    expect(await subject.hints()).toEqual(
      subject.secrets
        .slice(3)
        .toReversed()
        .map((secret) => secret.slice(-4)),
    );
  });

  it('lets the old and the new secret work after a rotation', async () => {
    const subject = await Subject.create(service, { client_secret: 'a chosen secret' });
    expect(subject.secrets).toEqual(['a chosen secret']);
    await rotate(subject);
    expect(await subject.working()).toEqual([true, true]);
  });

  it('rotates without a body and without a content type', async () => {
    const subject = await Subject.create(service);
    const url = `${service.url}/admin/clients/${subject.id}/secrets/rotate`;
    const { status, body } = await rawRequest(url, { method: 'POST' });
    expect([status, body['client_secret']]).toEqual([200, expect.stringMatching(GENERATED)]);
  });

  it('lets all three secrets work after two rotations', async () => {
    const subject = await rotated(service, 2, { token_endpoint_auth_method: 'client_secret_post' });
    expect(await subject.working()).toEqual([true, true, true]);
  });

  it('shows nothing of the secrets in other answers, and keeps all of them when other members change', async () => {
    const subject = await rotated(service, 2);
    const name = randomUUID();
    const answers = [
      await subject.get(),
      await subject.send('PUT', '', { client_name: 'put' }),
      await subject.send('PATCH', '', [{ op: 'replace', path: '/client_name', value: name }]),
      await subject.send('PUT', '/lifespans', { implicit_grant_id_token_lifespan: '1h' }),
      await request(`${service.url}/admin/clients?client_name=${name}`),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(subject.id)]);
      expect(answer.text).not.toContain('client_secret"');
      expectHidden(answer.text, subject.secrets);
    }
    expect(await subject.working()).toEqual([true, true, true]);
  });

  it('ends all secrets but the current one, and shows the client without it', async () => {
    const subject = await rotated(service, 2);
    const answer = await subject.send('DELETE', '/secrets/rotate');
    expect([answer.status, answer.body['client_id']]).toEqual([200, subject.id]);
    expect(answer.body).not.toHaveProperty('client_secret');
    expectHidden(answer.text, subject.secrets);
    expect(answer.text).toBe((await subject.get()).text);
    expect(await subject.working()).toEqual([false, false, true]);
  });

  it('rotates again after the older secrets were ended', async () => {
    const subject = await rotated(service, 1);
    await subject.send('DELETE', '/secrets/rotate');
    await rotate(subject);
    expect(await subject.working()).toEqual([false, true, true]);
  });

  it('lets only the secret work that a patch sets', async () => {
    const subject = await rotated(service, 2);
    const patch = [{ op: 'replace', path: '/client_secret', value: 'a patched secret' }];
    const { status, body } = await subject.send('PATCH', '', patch);
    expect([status, body['client_secret']]).toEqual([200, 'a patched secret']);
    subject.secrets.push('a patched secret');
    expect(await subject.working()).toEqual([false, false, false, true]);
  });

  it('lets a patched secret work on after a rotation', async () => {
    const subject = await rotated(service, 1);
    await subject.send('PATCH', '', [{ op: 'add', path: '/client_secret', value: 'a patched secret' }]);
    subject.secrets.push('a patched secret');
    await rotate(subject);
    expect(await subject.working()).toEqual([false, false, true, true]);
  });

  it('lets only the secret work that a client is replaced with', async () => {
    const subject = await rotated(service, 2);
    const { status, body } = await subject.send('PUT', '', { client_secret: 'a put secret' });
    expect([status, body['client_secret']]).toEqual([200, 'a put secret']);
    subject.secrets.push('a put secret');
    expect(await subject.working()).toEqual([false, false, false, true]);
  });

  it.each(['POST', 'DELETE'])('answers 404 to %s of an unknown client', async (method) => {
    const { status, body } = await request(`${service.url}/admin/clients/nobody/secrets/rotate`, { method });
    expect([status, body['error']]).toEqual([404, 'not_found']);
  });

  it.each([
    ['none', {}],
    ['private_key_jwt', { jwks: { keys: [PUBLIC_KEY] } }],
  ])('makes no secret for the method %s, refuses both endpoints, and tells why', async (method, keys) => {
    const subject = await Subject.create(service, { ...keys, token_endpoint_auth_method: method });
    expect(subject.secrets).toEqual([]);
    const before = await subject.get();
    for (const verb of ['POST', 'DELETE']) {
      const { status, body } = await subject.send(verb, '/secrets/rotate');
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
      expect(body['error_description']).toMatch(new RegExp(`no secrets.*token_endpoint_auth_method is ${method}`));
    }
    expect((await subject.get()).text).toBe(before.text);
    expect(await subject.hints()).toEqual([]);
  });
});
