import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { InitialAccessTokens, RegistrationService, runInTransaction } from '../src/index.js';
import { generateSecret } from '../src/secrets/generated/secret-format.js';
import { SETTINGS } from './support/app.js';
import { POSTGRES, SQLITE, type TestDatabase } from './support/databases.js';
import { handedOut, startRegistrationHost, type RegistrationHost } from './support/registration-host.js';

const CLIENT = { redirect_uris: ['https://desktop.example.com/callback'] };
const GRANTS = ['client_credentials'];
const POLICIES = { services: { allow: { grant_types: GRANTS }, defaults: { grant_types: GRANTS } } };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe.each(SETTINGS)('a registration with an initial access token, $setting,', ({ open, isFastify }) => {
  let database: TestDatabase;
  let host: RegistrationHost;
  let other: RegistrationHost;

  beforeAll(async () => {
    const platform = isFastify ? 'Fastify' : 'Express';
    database = await open();
    host = await startRegistrationHost(platform, database, { requireInitialAccessToken: true, policies: POLICIES });
    // Another process, in which a token may be left out.
    other = await startRegistrationHost(platform, database);
  });
  afterAll(async () => {
    await host.close();
    await other.close();
    await database.drop();
  });

  const tokens = () => host.app.get(InitialAccessTokens);
  const make = (members: object = {}) => tokens().create(JSON.stringify({ label: 'partner', ...members }));
  const uses = async (id: string) => (await tokens().get(id)).uses;
  const clients = async () =>
    Number((await host.dataSource.query<[{ n: number | string }]>('SELECT count(*) AS n FROM oauth2_client'))[0].n);

  it('makes a client of the owner of the token, which says by which token it came', async () => {
    const { id, token } = await make({ owner: 'team-a', max_uses: 2 });
    const before = new Date().toISOString();
    const answer = await host.register(CLIENT, bearer(token));
    expect([answer.status, answer.body['owner']]).toEqual([201, 'team-a']);
    const client = await host.admin('GET', handedOut(answer).id);
    expect(client.body).toMatchObject({
      owner: 'team-a',
      registered_via: { type: 'registration', policy: 'default', token: 'partner' },
    });
    const [change] = (await host.admin('GET', `${handedOut(answer).id}/history`)).body as unknown as [object];
    expect(change).toMatchObject({ actor: { type: 'registration', id, name: 'partner' } });
    const { uses: used, last_used_at: last } = await tokens().get(id);
    expect(used).toBe(1);
    expect(String(last) >= before && String(last) <= new Date().toISOString()).toBe(true);
  });

  it('follows the policy of the token, and none when that is gone', async () => {
    const { token, id } = await make({ policy: 'services' });
    const browser = await host.register({ ...CLIENT, grant_types: ['authorization_code'] }, bearer(token));
    expect([browser.status, await uses(id)]).toEqual([400, 0]);
    const service = await host.register({}, bearer(token));
    expect(service.status).toBe(201);
    const { body } = await host.admin('GET', handedOut(service).id);
    expect(body['registered_via']).toEqual({ type: 'registration', policy: 'services', token: 'partner' });
    const gone = await tokens().create('{"label":"partner","policy":"gone"}', { policies: ['gone'] });
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    try {
      const { status, headers } = await host.register(CLIENT, bearer(gone.token));
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
      // The caller is told nothing of policies, and whoever made the token is.
      expect(warn).toHaveBeenCalledWith(`The initial access token ${gone.id} is refused: there is no policy "gone".`);
    } finally {
      warn.mockRestore();
    }
  });

  it('is refused without one, and with each that cannot be used, in the same words', async () => {
    const before = await clients();
    const none = await host.register(CLIENT);
    expect([none.status, none.body['error'], none.headers['www-authenticate']]).toEqual([
      401,
      'invalid_token',
      'Bearer',
    ]);
    const [ended, usedUp, revoked] = [await make(), await make(), await make()];
    await host.dataSource.query(`UPDATE oauth2_client_initial_token SET expires_at = 1 WHERE id = '${ended.id}'`);
    await host.dataSource.query(`UPDATE oauth2_client_initial_token SET uses = 1 WHERE id = '${usedUp.id}'`);
    await tokens().revoke(revoked.id);
    const wrong = [ended.token, usedUp.token, revoked.token, generateSecret('oait_'), 'oait_x', 'Y2lkOnNlY3JldA'];
    const answers = await Promise.all(wrong.map((token) => host.register(CLIENT, bearer(token))));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    for (const { status, headers } of answers)
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
    expect((await host.register(CLIENT, { authorization: 'Basic Y2lkOnNlY3JldA==' })).status).toBe(401);
    expect(await clients()).toBe(before);
  });

  it('needs none where one may be left out; a wrong one is refused there, too', async () => {
    expect((await other.register(CLIENT)).status).toBe(201);
    expect((await other.register(CLIENT, bearer('of-the-application'))).status).toBe(201);
    const { id, token } = await make();
    expect((await other.register(CLIENT, bearer(token))).status).toBe(201);
    expect(await uses(id)).toBe(1);
    expect((await other.register(CLIENT, bearer(token))).status).toBe(401);
    expect((await other.register(CLIENT, bearer(generateSecret('oait_')))).status).toBe(401);
  });

  it('costs no use when its body is refused', async () => {
    const { id, token } = await make();
    for (const body of [{ redirect_uris: ['javascript:x'] }, { ...CLIENT, skip_consent: true }, '{"redirect_uris"'])
      expect((await host.register(body, bearer(token))).status).toBe(400);
    expect(await uses(id)).toBe(0);
    expect((await host.register(CLIENT, bearer(token))).status).toBe(201);
  });

  it('succeeds once of fifty at once in two processes, with a token that has one use', async () => {
    const { id, token } = await make();
    const before = await clients();
    const all = Array.from({ length: 50 }, (_, at) => (at % 2 ? host : other).register(CLIENT, bearer(token)));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.toSorted((one, another) => one - another)).toEqual([201, ...Array<number>(49).fill(401)]);
    expect([await uses(id), (await clients()) - before]).toEqual([1, 1]);
  });

  it('counts each of many at once with a token that has as many uses', async () => {
    const { id, token } = await make({ max_uses: 0 });
    const all = Array.from({ length: 20 }, (_, at) => (at % 2 ? host : other).register(CLIENT, bearer(token)));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(await uses(id)).toBe(20);
  });

  it('takes part in the transaction of the application, and costs no use when that is rolled back', async () => {
    const { id, token } = await make();
    const registration = host.app.get(RegistrationService);
    const registering = (fails: boolean) =>
      runInTransaction(host.dataSource, async (manager) => {
        const { id: client } = await registration.register(CLIENT, { token, manager });
        if (fails) throw new Error('rolled back');
        return client;
      });
    await expect(registering(true)).rejects.toThrow('rolled back');
    expect(await uses(id)).toBe(0);
    expect((await host.admin('GET', await registering(false))).status).toBe(200);
    expect(await uses(id)).toBe(1);
    await expect(registering(false)).rejects.toMatchObject({ status: 401 });
  });
});

describe('a registration with an initial access token that loses its use while it is written', () => {
  it.each([SQLITE, POSTGRES])(
    'leaves no client, also in a transaction of the application, on $database',
    async (of) => {
      await using database = await of.open();
      const host = await startRegistrationHost('Express', database);
      const { token, id } = await host.app.get(InitialAccessTokens).create('{"label":"partner"}');
      const registration = host.app.get(RegistrationService);
      const count = () => host.dataSource.query<[{ n: number | string }]>('SELECT count(*) AS n FROM oauth2_client');
      await runInTransaction(host.dataSource, async (manager) => {
        const registering = registration.register(CLIENT, { token, manager });
        // Found, but not yet used.
        await manager.query(`UPDATE oauth2_client_initial_token SET uses = 1 WHERE id = '${id}'`);
        await expect(registering).rejects.toMatchObject({ status: 401 });
      });
      expect(Number((await count())[0].n)).toBe(0);
      await host.close();
    },
  );
});

describe('a registration with an initial access token when PostgreSQL is gone', () => {
  it('is 503, and may be tried again', async () => {
    const database = await POSTGRES.open();
    const host = await startRegistrationHost('Express', database);
    const { token } = await host.app.get(InitialAccessTokens).create('{"label":"partner"}');
    await database.drop();
    const { status, headers } = await host.register(CLIENT, bearer(token));
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    await host.close();
  });
});
