import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RegistrationService, runInTransaction } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import type { TestDatabase } from './support/databases.js';
import { request } from './support/http.js';
import { handedOut, startRegistrationHost, type RegistrationHost } from './support/registration-host.js';

const CALLBACK = { redirect_uris: ['https://app.example.com/cb'] };
const QUOTA = 10;

describe.each(SETTINGS)('a policy with a quota, $setting,', ({ open, isFastify }) => {
  let database: TestDatabase;
  let host: RegistrationHost;
  let other: RegistrationHost;

  beforeAll(async () => {
    database = await open();
    const start = () =>
      startRegistrationHost(isFastify ? 'Fastify' : 'Express', database, {
        policies: { default: { maxClients: QUOTA } },
      });
    host = await start();
    other = await start();
  });
  afterAll(async () => {
    await other.close();
    await host.close();
    await database.drop();
  });

  it('has exactly as many clients as it allows after 50 registrations at one time by two applications', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => (at % 2 ? host : other).register(CALLBACK)),
    );
    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(made).toHaveLength(QUOTA);
    expect(new Set(refused.map(({ status, body }) => `${status} ${String(body['error'])}`))).toEqual(
      new Set(['403 access_denied']),
    );
    expect(JSON.parse((await host.admin('GET', '?page_size=500')).text)).toHaveLength(QUOTA);
  });

  it('has room when a client is removed, and none when it is restored', async () => {
    const [{ client_id: id } = {}] = JSON.parse((await host.admin('GET', '')).text) as { client_id?: string }[];
    expect((await host.admin('DELETE', id ?? '')).status).toBe(204);
    const restored = await host.admin('POST', `${id}/restore`);
    expect(restored.status).toBe(200);
    expect((await host.register(CALLBACK)).status).toBe(403);
    expect((await host.admin('DELETE', id ?? '')).status).toBe(204);
    const registered = await host.register(CALLBACK);
    expect([registered.status, (await host.register(CALLBACK)).status]).toEqual([201, 403]);
    const { id: own, token } = handedOut(registered);
    expect((await host.manage('DELETE', own, token)).status).toBe(204);
  });

  it('counts the clients that registered, not those that an administrator creates', async () => {
    const created = await request(`${host.url}/admin/clients`, { method: 'POST', body: CALLBACK });
    expect(created.status).toBe(201);
    expect([(await host.register(CALLBACK)).status, (await host.register(CALLBACK)).status]).toEqual([201, 403]);
  });

  it('takes part in a transaction of the application', async () => {
    const [{ client_id: id } = {}] = JSON.parse((await host.admin('GET', '?registered_via=registration')).text) as {
      client_id?: string;
    }[];
    expect((await host.admin('DELETE', id ?? '')).status).toBe(204);
    const { dataSource, app } = host;
    const service = app.get(RegistrationService, { strict: false });
    const rolledBack = runInTransaction(dataSource, async (manager) => {
      await service.register(CALLBACK, { manager });
      await expect(service.register(CALLBACK, { manager })).rejects.toMatchObject({ code: 'access_denied' });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect([(await host.register(CALLBACK)).status, (await host.register(CALLBACK)).status]).toEqual([201, 403]);
  });
});
