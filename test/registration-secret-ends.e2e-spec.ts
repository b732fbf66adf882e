import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import type { TestDatabase } from './support/databases.js';
import { handedOut, startRegistrationHost, type RegistrationHost } from './support/registration-host.js';

const CALLBACK = { redirect_uris: ['https://app.example.com/cb'] };
const NONE = { ...CALLBACK, token_endpoint_auth_method: 'none' };
const END = 4_102_444_800;

describe.each(SETTINGS)('the end of a secret of a client that registers itself, $setting,', ({ open, isFastify }) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.drop());

  const hostWith = (policy: object): Promise<RegistrationHost> =>
    startRegistrationHost(isFastify ? 'Fastify' : 'Express', database, { policies: { default: policy } });

  it('is what the policy forces, also for a secret that a change gives it', async () => {
    await using host = await hostWith({ force: { client_secret_expires_at: END } });
    const first = await host.register(CALLBACK);
    expect(first.body).toMatchObject({ client_secret_expires_at: END });
    const created = handedOut(await host.register(NONE));
    const changed = await host.manage('PUT', created.id, created.token, CALLBACK);
    expect(changed.body).toMatchObject({ client_secret: expect.any(String), client_secret_expires_at: END });
    expect((await host.admin('GET', created.id)).body).toMatchObject({ client_secret_expires_at: END });
  });

  it('is the client’s to choose where the policy opens it, ahead of now', async () => {
    await using host = await hostWith({ open: ['client_secret_expires_at'] });
    const past = await host.register({ ...CALLBACK, client_secret_expires_at: 5 });
    expect([past.status, past.text]).toEqual([400, expect.stringContaining('client_secret_expires_at')]);
    const { id, token } = handedOut(await host.register(CALLBACK));
    const changed = await host.manage('PUT', id, token, { ...CALLBACK, client_secret_expires_at: END });
    expect([changed.status, changed.body['client_secret_expires_at']]).toEqual([200, END]);
    expect((await host.admin('GET', id)).body).toMatchObject({ client_secret_expires_at: END });
  });

  it('is none of the policy’s business where a client has a secret already', async () => {
    const registered = async () => {
      await using host = await hostWith({});
      return handedOut(await host.register(CALLBACK));
    };
    const { id, token } = await registered();
    await using host = await hostWith({ force: { client_secret_expires_at: END } });
    const { body } = await host.manage('GET', id, token);
    const sentBack = await host.manage('PUT', id, token, body);
    expect([sentBack.status, sentBack.body['client_secret_expires_at']]).toEqual([200, 0]);
  });

  it('that an administrator has set is not shed by way of a method without secrets', async () => {
    await using host = await hostWith({});
    const { id, token } = handedOut(await host.register(CALLBACK));
    const set = [{ op: 'replace', path: '/client_secret_expires_at', value: END }];
    expect((await host.admin('PATCH', id, set)).status).toBe(200);
    const left = await host.manage('PUT', id, token, NONE);
    expect([left.status, left.text]).toEqual([400, expect.stringContaining('/token_endpoint_auth_method')]);
    expect((await host.manage('PUT', id, token, { ...CALLBACK, client_name: 'Shop' })).status).toBe(200);
    expect((await host.admin('GET', id)).body).toMatchObject({ client_secret_expires_at: END });
  });
});
