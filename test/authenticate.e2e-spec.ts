import { describe, expect, it } from '@jest/globals';
import type { RunningApp } from './support/app.js';
import { startStandalone } from './support/app.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { postClient, request, type Answer } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const PATH = '/admin/clients/authenticate';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const REFUSED = { error: 'invalid_client', error_description: 'The client could not be authenticated.' };

/** Encodes a part of Basic credentials (RFC 6749 §2.3.1). */
const encoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
const basicOf = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;
const basic = (id: string, secret: string) => basicOf(`${encoded(id)}:${encoded(secret)}`);

const ask = (service: RunningApp, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  request(service.url + PATH, { method: 'POST', body, headers });

/** A new client with its secret in clear. */
async function created(service: RunningApp, body: object): Promise<{ id: string; secret: string }> {
  const answer = await postClient(service.url, body);
  expect(answer.status).toBe(201);
  return { id: String(answer.body['client_id']), secret: String(answer.body['client_secret']) };
}

/** Expects the one refusal of a client. */
function expectRefused(answer: Answer, triedBasic: boolean): void {
  expect([answer.status, answer.body]).toEqual([401, REFUSED]);
  const challenge = triedBasic ? 'Basic realm="clients", charset="UTF-8"' : undefined;
  expect([answer.headers['www-authenticate'], answer.headers['cache-control']]).toEqual([challenge, 'no-store']);
}

describe.each(DATABASES)('POST /admin/clients/authenticate, on $database', ({ open }) => {
  const service = useService(startStandalone, open, { environment: { BCRYPT_COST: '4' } });

  it('authenticates a client by Basic, and shows it without its secret', async () => {
    const { id, secret } = await created(service, {
      client_name: 'Orders',
      client_credentials_grant_access_token_lifespan: '5m',
    });
    const [{ body: shown }, answer] = await Promise.all([
      request(`${service.url}/admin/clients/${id}`),
      ask(service, { authorization: basic(id, secret), form: 'grant_type=client_credentials' }),
    ]);
    const { body: secrets } = await request(`${service.url}/admin/clients/${id}/secrets`);
    const [{ id: secretId }] = secrets as unknown as [{ id: string }];
    expect([answer.status, answer.body]).toEqual([
      200,
      expect.objectContaining({
        client: shown,
        method: 'client_secret_basic',
        credential: { type: 'secret', id: secretId, expires_at: 0 },
        lifespans: (await request(`${service.url}/admin/clients/${id}/effective-lifespans`)).body,
      }),
    ]);
    expect(answer.text).not.toContain(secret);
  });

  it.each([
    ['as text', (id: string, secret: string) => `client_id=${encoded(id)}&client_secret=${encoded(secret)}`],
    ['as an object', (id: string, secret: string) => ({ client_id: id, client_secret: secret })],
  ])('authenticates a client by its form %s', async (_, form) => {
    const { id, secret } = await created(service, { token_endpoint_auth_method: 'client_secret_post' });
    const answer = await ask(service, { form: form(id, secret) });
    expect([answer.status, answer.body['method']]).toEqual([200, 'client_secret_post']);
    expectRefused(await ask(service, { form: form(id, `${secret}x`) }), false);
  });

  it('recognises a public client by its id alone', async () => {
    const { id } = await created(service, { token_endpoint_auth_method: 'none' });
    const answer = await ask(service, { form: { client_id: id } });
    expect([answer.status, answer.body['credential']]).toEqual([200, { type: 'none' }]);
    expectRefused(await ask(service, { form: { client_id: id, client_secret: '' } }), false);
  });

  it('takes the form itself, with the header of the client beside it', async () => {
    const { id, secret } = await created(service, {});
    const body = 'grant_type=client_credentials';
    const headers = { ...FORM, 'client-authorization': basic(id, secret) };
    expect((await request(service.url + PATH, { method: 'POST', body, headers })).status).toBe(200);
  });

  it('takes JSON that curl calls a form', async () => {
    const { id, secret } = await created(service, {});
    const body = JSON.stringify({ authorization: basic(id, secret) });
    expect((await request(service.url + PATH, { method: 'POST', body, headers: FORM })).status).toBe(200);
  });

  it('decodes both parts of Basic as a form, colons and all', async () => {
    const id = 'team:orders & co';
    const secret = 'chosen: 100 % + more ✓';
    await created(service, { client_id: id, client_secret: secret });
    expect((await ask(service, { authorization: basic(id, secret) })).status).toBe(200);
    // As it is sent by clients that do not encode it.
    expectRefused(await ask(service, { authorization: basicOf(`${id}:${secret}`) }), true);
  });

  it('takes an equal client_id in the form as no second method, and another as one', async () => {
    const { id, secret } = await created(service, {});
    const authorization = basic(id, secret);
    expect((await ask(service, { authorization, form: { client_id: id } })).status).toBe(200);
    const several = { error: 'invalid_request', error_description: expect.stringContaining('only one method') };
    for (const form of [
      { client_id: 'other' },
      { client_id: id, client_secret: secret },
      { client_assertion: 'x', client_assertion_type: 'y' },
    ]) {
      const { status, body } = await ask(service, { authorization, form });
      expect([status, body]).toEqual([400, several]);
    }
    const { status, body } = await ask(service, {
      form: { client_id: id, client_secret: secret, client_assertion: 'x' },
    });
    expect([status, body]).toEqual([400, several]);
  });

  it('refuses in the same words whatever is wrong', async () => {
    const { id, secret } = await created(service, {});
    const post = await created(service, { token_endpoint_auth_method: 'client_secret_post' });
    const past = await created(service, {});
    await service.dataSource.query(`UPDATE oauth2_client_secret SET expires_at = 1 WHERE client_id = '${past.id}'`);
    const suspended = await created(service, {});
    await request(`${service.url}/admin/clients/${suspended.id}/suspension`, { method: 'PUT', body: {} });
    const removed = await created(service, {});
    await request(`${service.url}/admin/clients/${removed.id}`, { method: 'DELETE' });
    const wrong: [string, object][] = [
      ['an unknown client', { authorization: basic('unknown', secret) }],
      ['a wrong secret', { authorization: basic(id, 'wrong secret') }],
      ['a wrong secret of a right form', { authorization: basic(id, post.secret) }],
      ['an empty secret', { authorization: basic(id, '') }],
      ['a secret of one byte', { authorization: basic(id, 's') }],
      ['a secret of NUL', { authorization: basic(id, '\0') }],
      ['its own secret with NUL behind it', { authorization: basic(id, `${secret}\0`) }],
      ['another method', { form: { client_id: id, client_secret: secret } }],
      ['Basic where it must be the form', { authorization: basic(post.id, post.secret) }],
      ['an ended secret', { authorization: basic(past.id, past.secret) }],
      ['a suspended client', { authorization: basic(suspended.id, suspended.secret) }],
      ['a removed client', { authorization: basic(removed.id, removed.secret) }],
      ['a client with a secret by its id alone', { form: { client_id: id } }],
      ['bad percent-encoding', { authorization: basicOf(`${id}:%zz`) }],
      ['no colon', { authorization: basicOf(id) }],
      ['no UTF-8', { authorization: basicOf(Buffer.from([0xff, 0x3a, 0xfe])) }],
      ['no base64', { authorization: 'Basic *' }],
      ['another scheme', { authorization: `Bearer ${secret}` }],
      ['10,000 bytes', { authorization: basicOf(`${id}:${'x'.repeat(10_000)}`) }],
      ['NUL', { authorization: basic(`${id}\0`, secret) }],
      [
        'an assertion of another type',
        { form: { client_id: id, client_assertion: 'x', client_assertion_type: 'saml' } },
      ],
      ['nothing', {}],
    ];
    for (const [what, body] of wrong) {
      const answer = await ask(service, body);
      expect([what, answer.status, answer.body]).toEqual([what, 401, REFUSED]);
      expectRefused(answer, 'authorization' in body);
    }
  });

  it.each([6, 72, 73, 1024])('authenticates by a chosen secret of %d bytes, and by no other', async (length) => {
    const secret = 's'.repeat(length);
    const { id } = await created(service, { client_secret: secret });
    for (let time = 0; time < 2; time += 1)
      expect((await ask(service, { authorization: basic(id, secret) })).status).toBe(200);
    for (const wrong of [`${secret}s`, secret.slice(1), `${secret}\0`])
      expectRefused(await ask(service, { authorization: basic(id, wrong) }), true);
  });

  it('lets old and new secret in after a rotation, and only the new one after the old one is revoked', async () => {
    const { id, secret } = await created(service, { client_secret: 'chosen by hand' });
    const works = async (text: string) => (await ask(service, { authorization: basic(id, text) })).status === 200;
    expect(await works(secret)).toBe(true);
    const rotated = await request(`${service.url}/admin/clients/${id}/secrets/rotate`, { method: 'POST' });
    const newer = String(rotated.body['client_secret']);
    expect([await works(secret), await works(newer)]).toEqual([true, true]);
    await request(`${service.url}/admin/clients/${id}/secrets/rotate`, { method: 'DELETE' });
    // Although it was right before: what is remembered is a stored form, which is gone.
    expect([await works(secret), await works(newer)]).toEqual([false, true]);
  });

  it('lets in no client whose suspension was acknowledged before', async () => {
    const { id, secret } = await created(service, { client_secret: 'chosen by hand' });
    const statusNow = async () => (await ask(service, { authorization: basic(id, secret) })).status;
    expect(await statusNow()).toBe(200);
    await request(`${service.url}/admin/clients/${id}/suspension`, { method: 'PUT', body: {} });
    expect(await Promise.all(Array.from({ length: 20 }, statusNow))).toEqual(Array.from({ length: 20 }, () => 401));
    await request(`${service.url}/admin/clients/${id}/suspension`, { method: 'DELETE' });
    expect(await statusNow()).toBe(200);
  });

  it('notes the last use of the secret', async () => {
    const { id, secret } = await created(service, {});
    const used = async () => {
      const { body } = await request(`${service.url}/admin/clients/${id}/secrets`);
      return (body as unknown as { last_used_at: string | null }[])[0]?.last_used_at;
    };
    await ask(service, { authorization: basic(id, `${secret}x`) });
    expect(await used()).toBeNull();
    await ask(service, { authorization: basic(id, secret) });
    expect(await used()).toEqual(expect.any(String));
  });

  it('is no obstacle to a client of that name', async () => {
    await created(service, { client_id: 'authenticate', client_name: 'Named so' });
    const get = await request(service.url + PATH);
    expect([get.status, get.body['client_name']]).toEqual([200, 'Named so']);
    const put = await request(service.url + PATH, { method: 'PUT', body: { client_name: 'Still named so' } });
    expect([put.status, put.body['client_name']]).toEqual([200, 'Still named so']);
    expect((await request(service.url + PATH, { method: 'DELETE' })).status).toBe(204);
  });

  it.each([
    [{ authorization: 5 }, 'authorization must be a string.'],
    [{ form: [] }, 'form must be a form as text, or an object of strings.'],
    [{ form: { client_id: 5 } }, 'form must be a form as text, or an object of strings.'],
    [{ source: null }, 'source must be a string.'],
    [{ form: 'client_id=a&client_id=b' }, 'client_id must not be repeated in the form.'],
    [[], 'The body must be a JSON object, or a form.'],
  ])('refuses the body %j with the mend', async (body, sentence) => {
    const answer = await ask(service, body);
    expect([answer.status, answer.body['error_description']]).toEqual([400, sentence]);
  });
});

describe('who may ask', () => {
  const service = useService(startStandalone, SQLITE.open, { authenticators: [HONEST] });
  const admin = as({});
  const make = async (body: object) =>
    (await request(`${service.url}/admin/clients`, { method: 'POST', body, headers: admin })).body;

  it('is whoever has the scope, and the header Authorization is the caller’s', async () => {
    const { client_id: id, client_secret: secret } = await make({});
    const authorization = basic(String(id), String(secret));
    const may = as({ scopes: ['clients:authenticate'] });
    expect((await ask(service, { authorization }, may)).status).toBe(200);
    expect((await ask(service, { authorization }, as({ scopes: ['clients:read'] }))).status).toBe(403);
    const anonymous = await request(service.url + PATH, {
      method: 'POST',
      body: 'grant_type=client_credentials',
      headers: { ...FORM, authorization },
    });
    expect([anonymous.status, anonymous.body['error']]).toEqual([401, 'invalid_token']);
  });

  it('with an owner sees only clients of that owner', async () => {
    const { client_id: id, client_secret: secret } = await make({ owner: 'team-a' });
    const authorization = basic(String(id), String(secret));
    expect((await ask(service, { authorization }, as({ owner: 'team-a' }))).status).toBe(200);
    expectRefused(await ask(service, { authorization }, as({ owner: 'team-b' })), true);
  });
});

describe('guessing', () => {
  const service = useService(startStandalone, SQLITE.open, { environment: { BCRYPT_COST: '4' } });
  const guess = async (id: string, secret: string, source: string) =>
    (await ask(service, { authorization: basic(id, secret), source })).status;

  it('is refused for a source after 30 wrong secrets of a client; others and right ones go on', async () => {
    const { id, secret } = await created(service, { client_secret: 'chosen by hand' });
    const generated = await created(service, {});
    const attacker = '2001:db8::1';
    expect(await guess(id, secret, attacker)).toBe(200);
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, at) => guess(id, `wrong secret ${at}`, attacker)),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    // Of the same network (/64), and of another.
    expect(await guess(id, 'wrong again', '2001:db8::ffff:2')).toBe(429);
    expect(await guess(id, 'wrong again', '2001:db8:0:1::1')).toBe(401);
    expect(await guess('unknown', 'wrong again', attacker)).toBe(401);
    // A secret that was right before, and a generated one, cost no bcrypt.
    expect([await guess(id, secret, attacker), await guess(generated.id, generated.secret, attacker)]).toEqual([
      200, 200,
    ]);
  });

  it('is counted by the address that comes beside a form', async () => {
    const { id } = await created(service, { client_secret: 'chosen by hand' });
    const ofForm = (secret: string, source: string) =>
      request(service.url + PATH, {
        method: 'POST',
        body: 'grant_type=client_credentials',
        headers: { ...FORM, 'client-authorization': basic(id, secret), 'client-source': source },
      });
    for (let at = 0; at < 30; at += 1) expect((await ofForm('wrong secret', '198.51.100.1')).status).toBe(401);
    expect((await ofForm('wrong secret', '198.51.100.1')).status).toBe(429);
    expect((await ofForm('wrong secret', '198.51.100.2')).status).toBe(401);
    expect(await guess(id, 'wrong secret', '198.51.100.1')).toBe(429);
  });

  it('of unknown clients counts as that of known ones, 300 for a source', async () => {
    const source = '192.0.2.1';
    const statuses: number[] = [];
    for (let at = 0; at < 310; at += 10)
      statuses.push(
        ...(await Promise.all(
          Array.from({ length: 10 }, (_, more) => guess(`no-${at + more}`, 'wrong secret', source)),
        )),
      );
    expect(statuses.filter((status) => status === 401)).toHaveLength(300);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect(await guess('no-1', 'wrong secret', '192.0.2.2')).toBe(401);
  });

  it('is not counted for right secrets, however many arrive at one time', async () => {
    const { id, secret } = await created(service, { client_secret: 'chosen by hand' });
    const statuses = await Promise.all(Array.from({ length: 64 }, () => guess(id, secret, '192.0.2.3')));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
