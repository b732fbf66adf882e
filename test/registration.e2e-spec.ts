import { describe, expect, it } from '@jest/globals';
import type { ChangeView } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { request } from './support/http.js';
import { handedOut, useRegistrationHost } from './support/registration-host.js';

const REDIRECTS = { redirect_uris: ['https://desktop.example.com/callback'] };
/** What answers of this door never hold: strict clients refuse it. */
const UNSET = [null, ''];

describe.each(SETTINGS)('a client that introduces itself, $setting,', ({ open, isFastify }) => {
  const host = useRegistrationHost({ open, isFastify });

  const registered = async (members: object = REDIRECTS) => handedOut(await host.register(members));

  it('is registered with an id and a secret that the registry chooses', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { status, headers, body } = await host.register({ ...REDIRECTS, client_id: 'mine', client_name: 'Desktop' });
    expect(status).toBe(201);
    const { client_id: id, client_id_issued_at: issued, ...members } = body;
    expect(id).toMatch(/^[\da-f-]{36}$/);
    expect(issued).toBeGreaterThanOrEqual(before);
    expect(members).toMatchObject({
      ...REDIRECTS,
      client_name: 'Desktop',
      client_secret: expect.stringMatching(/^oacs_/),
      client_secret_expires_at: 0,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      registration_access_token: expect.stringMatching(/^oart_\w{49}$/),
      registration_client_uri: `https://id.example.com/oauth2/register/${String(id)}`,
    });
    expect(headers).toMatchObject({ location: body['registration_client_uri'], 'cache-control': 'no-store' });
    expect((await host.admin('GET', 'mine')).status).toBe(404);
  });

  it('is shown no member that is null or empty, but for its redirect URIs', async () => {
    const members = { token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] };
    const created = await host.register(members);
    expect(created.status).toBe(201);
    const { id, token } = handedOut(created);
    const answers = [created, await host.manage('GET', id, token), await host.manage('PUT', id, token, members)];
    for (const { status, body } of answers) {
      expect(status).toBeLessThan(300);
      expect(body['redirect_uris']).toEqual([]);
      // Empty because of the grant: left out, it would mean `code`.
      expect(body['response_types']).toEqual([]);
      const { redirect_uris: _, response_types: __, ...others } = body;
      for (const value of Object.values(others)) expect([...UNSET, [], {}]).not.toContainEqual(value);
      expect(Object.keys(body)).not.toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^(client_secret.*|metadata|userinfo_signed_response_alg|registered_via)$/),
        ]),
      );
    }
  });

  it('reads itself with its token, which it is shown again, and its secret never again', async () => {
    const { id, token, secret } = await registered({ ...REDIRECTS, client_name: 'Reader' });
    const { status, text, body } = await host.manage('GET', id, token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      client_id: id,
      client_name: 'Reader',
      client_secret_expires_at: 0,
      registration_access_token: token,
      registration_client_uri: `https://id.example.com/oauth2/register/${id}`,
    });
    expect(text).not.toContain(secret);
  });

  it('is refused in the same words whatever is wrong', async () => {
    const [mine, other, gone, stopped] = [
      await registered(),
      await registered(),
      await registered(),
      await registered(),
    ];
    await host.manage('DELETE', gone.id, gone.token);
    expect((await host.admin('PUT', `${stopped.id}/suspension`, {})).status).toBe(200);
    const ended = await registered();
    expect((await host.admin('DELETE', `${ended.id}/registration-token`)).status).toBe(204);
    const wrong: [string, string][] = [
      [mine.id, other.token],
      [mine.id, 'wrong'],
      ['nobody', mine.token],
      ['x'.repeat(300), mine.token],
      [gone.id, gone.token],
      [stopped.id, stopped.token],
      [ended.id, ended.token],
    ];
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answers = [];
      for (const [id, token] of wrong)
        answers.push(await host.manage(method, id, token, method === 'PUT' ? REDIRECTS : undefined));
      for (const { status, headers, text } of answers) {
        expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
        expect(text).toBe(answers[0]?.text);
      }
      const without = await host.manage(method, mine.id, '', method === 'PUT' ? REDIRECTS : undefined);
      expect([without.status, without.headers['www-authenticate'], without.text]).toEqual([
        401,
        'Bearer',
        answers[0]?.text,
      ]);
    }
    expect((await host.manage('GET', mine.id, mine.token)).status).toBe(200);
  });

  it.each(['GET', 'PUT', 'DELETE'])('is not let in to %s by a token in the query, and not with two', async (method) => {
    const { id, token } = await registered();
    const place = `${host.url}/oauth2/register/${id}?access_token=${token}`;
    const body = method === 'PUT' ? REDIRECTS : undefined;
    const alone = await request(place, { method, body, headers: { authorization: '' } });
    expect([alone.status, alone.body['error']]).toEqual([401, 'invalid_token']);
    const both = await request(place, { method, body, headers: { authorization: `Bearer ${token}` } });
    expect([both.status, both.body['error']]).toEqual([400, 'invalid_request']);
    expect(both.body['error_description']).toMatch(/^access_token must not be in the query/);
    expect(alone.text + both.text).not.toContain(token);
    expect((await host.manage('GET', id, token)).status).toBe(200);
  });

  it('is not registered with a token in the query', async () => {
    const { token } = await registered();
    const refused = await request(`${host.url}/oauth2/register?access_token=${token}`, {
      method: 'POST',
      body: REDIRECTS,
    });
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_request']);
    expect(refused.text).not.toContain(token);
  });

  it('gets a new token with each replacement, and the old one ends', async () => {
    const { id, token } = await registered();
    const first = await host.manage('PUT', id, token, { client_id: id, ...REDIRECTS, client_name: 'One' });
    expect(first.status).toBe(200);
    const { token: next } = handedOut(first);
    expect(next).not.toBe(token);
    expect(first.body).toMatchObject({
      client_name: 'One',
      registration_client_uri: `https://id.example.com/oauth2/register/${id}`,
    });
    expect(first.body).not.toHaveProperty('client_secret');
    expect((await host.manage('GET', id, token)).status).toBe(401);
    expect((await host.manage('PUT', id, token, REDIRECTS)).status).toBe(401);
    expect((await host.manage('GET', id, next)).status).toBe(200);
    // Also where nothing else changes.
    const { token: last } = handedOut(await host.manage('PUT', id, next, { ...REDIRECTS, client_name: 'One' }));
    expect((await host.manage('GET', id, next)).status).toBe(401);
    expect((await host.manage('GET', id, last)).status).toBe(200);
  });

  it('is replaced once by one token, also by many requests at once', async () => {
    const { id, token } = await registered();
    const bodies = Array.from({ length: 8 }, (_, at) => ({ ...REDIRECTS, client_name: `Name ${at}` }));
    const answers = await Promise.all(bodies.map((body) => host.manage('PUT', id, token, body)));
    const won = answers.find(({ status }) => status === 200);
    expect(answers.filter((answer) => answer !== won).map(({ status }) => status)).toEqual(
      Array.from({ length: 7 }, () => 401),
    );
    const now = await host.manage('GET', id, won ? handedOut(won).token : '');
    expect(now.body['client_name']).toBe(won?.body['client_name']);
  });

  it('keeps its token and its state when a replacement is refused', async () => {
    const { id, token, secret } = await registered({ ...REDIRECTS, client_name: 'Before' });
    const refused: [object, string][] = [
      [{ client_id: 'other', ...REDIRECTS }, 'client_id'],
      [{ ...REDIRECTS, client_secret: `${secret}x` }, 'client_secret'],
      [{ ...REDIRECTS, client_secret_hash: '$2b$04$abcdefghijklmnopqrstuv' }, 'client_secret_hash'],
      [{ redirect_uris: ['https://desktop.example.com/#f'] }, 'redirect_uris'],
      [{ ...REDIRECTS, metadata: { tier: 1 } }, 'metadata'],
      [{ ...REDIRECTS, owner: 'me' }, 'owner'],
      [{ ...REDIRECTS, skip_consent: true }, 'skip_consent'],
      [{ ...REDIRECTS, client_secret_expires_at: 4102444800 }, 'client_secret_expires_at'],
      [
        { ...REDIRECTS, client_credentials_grant_access_token_lifespan: '1000h' },
        'client_credentials_grant_access_token_lifespan',
      ],
    ];
    for (const [body, member] of refused) {
      const { status, body: answer } = await host.manage('PUT', id, token, { client_name: 'After', ...body });
      expect([status, answer['error_description']]).toEqual([400, expect.stringMatching(`^${member}`)]);
    }
    expect((await host.manage('GET', id, token)).body).toMatchObject({ client_name: 'Before' });
  });

  it('may send its secret, and any that it has', async () => {
    const { id, token, secret } = await registered();
    const { body } = await host.admin('POST', `${id}/secrets/rotate`);
    const second = await host.manage('PUT', id, token, { ...REDIRECTS, client_secret: body['client_secret'] });
    expect(second.status).toBe(200);
    const third = await host.manage('PUT', id, handedOut(second).token, { ...REDIRECTS, client_secret: secret });
    expect(third.status).toBe(200);
    expect(third.text).not.toContain(secret);
  });

  it('finds no secret by guessing: wrong ones are counted, and refused in the end', async () => {
    const { id, token, secret } = await registered();
    const statuses = [];
    for (let guess = 0; guess < 31; guess += 1) {
      const { status } = await host.manage('PUT', id, token, { ...REDIRECTS, client_secret: `${secret}${guess}` });
      statuses.push(status);
    }
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 400));
    expect(statuses[30]).toBe(429);
    const right = await host.manage('PUT', id, token, { ...REDIRECTS, client_secret: secret });
    expect([right.status, right.headers['retry-after']]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  });

  it('gets its first secret when it begins to need one, and has none when it no longer does', async () => {
    const { id, token, secret } = await registered({ ...REDIRECTS, token_endpoint_auth_method: 'none' });
    expect(secret).toBe('');
    const confidential = await host.manage('PUT', id, token, REDIRECTS);
    expect(confidential.body).toMatchObject({
      client_secret: expect.stringMatching(/^oacs_/),
      client_secret_expires_at: 0,
      token_endpoint_auth_method: 'client_secret_basic',
    });
    const members = { ...REDIRECTS, token_endpoint_auth_method: 'none' };
    const publicly = await host.manage('PUT', id, handedOut(confidential).token, members);
    expect(publicly.status).toBe(200);
    expect(Object.keys(publicly.body).filter((name) => name.startsWith('client_secret'))).toEqual([]);
    expect(JSON.parse((await host.admin('GET', `${id}/secrets`)).text)).toEqual([]);
  });

  it('keeps its token whatever an administrator changes, and what only an administrator sets', async () => {
    const { id, token } = await registered({ ...REDIRECTS, client_name: 'Mine' });
    const set = {
      ...REDIRECTS,
      client_name: 'Theirs',
      owner: 'team',
      metadata: '12345678901234567890',
      skip_consent: true,
      access_token_strategy: 'jwt',
      audience: ['https://api.example.com'],
      client_credentials_grant_access_token_lifespan: '5m',
    };
    // As text: the number would lose digits.
    const sent = JSON.stringify(set).replace('"12345678901234567890"', '{"tier":12345678901234567890}');
    expect((await host.admin('PUT', id, sent)).status).toBe(200);
    const patch = [{ op: 'replace', path: '/skip_logout_consent', value: true }];
    expect((await host.admin('PATCH', id, patch)).status).toBe(200);
    expect((await host.admin('POST', `${id}/secrets/rotate`)).status).toBe(200);
    const shown = await host.manage('GET', id, token);
    expect(shown.body).toMatchObject({ client_name: 'Theirs', owner: 'team', skip_consent: true });
    expect(shown.body).not.toHaveProperty('metadata');
    const kept = (await host.admin('GET', id)).text;
    // As it was read, and with nothing but what is its own.
    const back = await host.manage('PUT', id, token, { ...shown.body, client_name: 'Back' });
    expect(back.status).toBe(200);
    const own = await host.manage('PUT', id, handedOut(back).token, { ...REDIRECTS, client_name: 'Own' });
    expect(own.status).toBe(200);
    const {
      client_name: _,
      updated_at: __,
      grant_types: ___,
      response_types: ____,
      ...stayed
    } = JSON.parse(kept) as Record<string, unknown>;
    const now = await host.admin('GET', id);
    expect(now.body).toMatchObject({ ...stayed, client_name: 'Own' });
    expect(now.text).toContain('"metadata":{"tier":12345678901234567890}');
    const refused = await host.manage('PUT', id, handedOut(own).token, { ...REDIRECTS, skip_consent: false });
    expect(refused.body).toMatchObject({
      error: 'invalid_client_metadata',
      error_description: expect.stringMatching(/^skip_consent/),
    });
  });

  it('stands in the journal as who changed itself, beside administrators', async () => {
    const { id, token } = await registered();
    await host.admin('PUT', id, { ...REDIRECTS, client_name: 'Theirs' });
    await host.manage('PUT', id, token, { ...REDIRECTS, client_name: 'Mine' });
    const { body } = await host.admin('POST', `${id}/registration-token`);
    await host.manage('DELETE', id, String(body['registration_access_token']));
    await host.admin('POST', `${id}/restore`);
    const changes = JSON.parse((await host.admin('GET', `${id}/history`)).text) as ChangeView[];
    expect(changes.toReversed().map(({ kinds, actor: { type, id: who } }) => [kinds, type, who])).toEqual([
      [['client.created', 'client.registered'], 'registration', ''],
      [['client.updated'], 'host', ''],
      [['client.updated', 'client.registration_token.replaced'], 'registration', id],
      [['client.registration_token.replaced'], 'host', ''],
      [['client.deleted'], 'registration', id],
      [['client.restored'], 'host', ''],
    ]);
    expect(JSON.stringify(changes)).not.toMatch(/oart_|digest/);
  });

  it('removes itself with its secrets, and can be brought back with its token', async () => {
    const { id, token } = await registered();
    expect((await host.manage('DELETE', id, token)).status).toBe(204);
    expect((await host.admin('GET', id)).status).toBe(404);
    expect((await host.manage('GET', id, token)).status).toBe(401);
    expect((await host.admin('POST', `${id}/restore`)).status).toBe(200);
    expect((await host.manage('GET', id, token)).status).toBe(200);
    expect((await host.admin('GET', id)).body).toMatchObject({
      registered_via: { type: 'registration', policy: 'default' },
    });
  });

  it('is not registered by what breaks a rule, or chooses what is not for it to choose', async () => {
    const refused: [unknown, string][] = [
      [{ ...REDIRECTS, client_secret: 'of my own choice' }, 'client_secret'],
      [{ ...REDIRECTS, client_secret_hash: '$2b$04$abcdefghijklmnopqrstuv' }, 'client_secret_hash'],
      [{ ...REDIRECTS, metadata: {}, owner: 'me' }, 'owner'],
      [{ ...REDIRECTS, audience: ['https://api.example.com'] }, 'audience'],
      [{ ...REDIRECTS, allowed_cors_origins: ['https://a.example'] }, 'allowed_cors_origins'],
      [{ redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris'],
      [{ ...REDIRECTS, token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
      [{ ...REDIRECTS, logo_uri: 'logo' }, 'logo_uri'],
      ['[]', 'The body'],
      ['', 'The body'],
      ['{"redirect_uris"', 'The body'],
    ];
    for (const [body, subject] of refused) {
      const { status, body: answer } = await host.register(body);
      expect([status, answer['error_description']]).toEqual([400, expect.stringMatching(`^${subject}`)]);
    }
    expect((await host.register({ redirect_uris: ['https://a.example/#f'] })).body['error']).toBe(
      'invalid_redirect_uri',
    );
    const strict = { prefer: 'handling=strict' };
    expect((await host.register({ ...REDIRECTS, nickname: 'x' }, strict)).status).toBe(400);
    const known = { ...REDIRECTS, client_id_issued_at: 1, registration_access_token: 'mine', created_at: 'then' };
    expect((await host.register(known, strict)).status).toBe(201);
  });

  it('is found no list, and no other method', async () => {
    for (const [path, method, allow] of [
      ['', 'GET', 'POST'],
      ['', 'PUT', 'POST'],
      ['/x', 'POST', 'GET, HEAD, PUT, DELETE'],
      ['/x', 'PATCH', 'GET, HEAD, PUT, DELETE'],
    ] as const) {
      const { status, headers } = await request(`${host.url}/oauth2/register${path}`, { method });
      expect([status, headers['allow']]).toEqual([405, allow]);
    }
  });
});
