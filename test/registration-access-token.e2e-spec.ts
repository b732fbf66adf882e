import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import { stopDate } from './support/clock.js';
import type { TestDatabase } from './support/databases.js';
import {
  handedOut,
  type RegistrationHost,
  startRegistrationHost,
  useRegistrationHost,
} from './support/registration-host.js';

const REDIRECTS = { redirect_uris: ['https://desktop.example.com/callback'] };
const MINUTE = 60_000;

describe.each(SETTINGS)('a replaced registration access token, $setting,', ({ open, isFastify }) => {
  const platform = isFastify ? 'Fastify' : 'Express';
  let database: TestDatabase;
  let host: RegistrationHost;
  let another: RegistrationHost;

  beforeAll(async () => {
    database = await open();
    host = await startRegistrationHost(platform, database, { tokenGrace: '10m' });
    another = await startRegistrationHost(platform, database, { tokenGrace: '10m' });
  });
  afterEach(() => void jest.useRealTimers());
  afterAll(async () => {
    for (const one of [host, another]) await one.close();
    await database.drop();
  });

  /** A client that has replaced its token once. */
  async function replaced(): Promise<{ id: string; former: string; current: string }> {
    const { id, token: former } = handedOut(await host.register(REDIRECTS));
    const { token: current } = handedOut(await host.manage('PUT', id, former, REDIRECTS));
    return { id, former, current };
  }

  it('stays good on every process while nobody has used the new one', async () => {
    const { id, former } = await replaced();
    for (const process of [host, another]) {
      const { status, body } = await process.manage('GET', id, former);
      expect([status, body['registration_access_token']]).toEqual([200, former]);
    }
  });

  it('stays good after a restart', async () => {
    const { id, former } = await replaced();
    const restarted = await startRegistrationHost(platform, database, { tokenGrace: '10m' });
    expect((await restarted.manage('GET', id, former)).status).toBe(200);
    await restarted.close();
  });

  it('ends with the first use of the new one, on every process', async () => {
    const { id, former, current } = await replaced();
    expect((await another.manage('GET', id, current)).status).toBe(200);
    for (const process of [host, another]) expect((await process.manage('GET', id, former)).status).toBe(401);
    expect((await host.manage('GET', id, current)).status).toBe(200);
  });

  it('ends when its time is over', async () => {
    const { id, former, current } = await replaced();
    stopDate();
    jest.setSystemTime(Date.now() + 11 * MINUTE);
    expect((await host.manage('GET', id, former)).status).toBe(401);
    expect((await host.manage('PUT', id, former, REDIRECTS)).status).toBe(401);
    expect((await host.manage('GET', id, current)).status).toBe(200);
  });

  it('replaces the client again, after which only it and the newest are good, and for no longer', async () => {
    const { id, former, current: lost } = await replaced();
    stopDate();
    jest.setSystemTime(Date.now() + 6 * MINUTE);
    const { token: newest } = handedOut(await host.manage('PUT', id, former, { ...REDIRECTS, client_name: 'Again' }));
    expect((await host.manage('GET', id, lost)).status).toBe(401);
    expect((await host.manage('GET', id, former)).status).toBe(200);
    jest.setSystemTime(Date.now() + 5 * MINUTE);
    expect((await host.manage('GET', id, former)).status).toBe(401);
    expect((await host.manage('GET', id, newest)).body).toMatchObject({ client_name: 'Again' });
  });

  it('ends at once when an administrator replaces or ends the token', async () => {
    for (const method of ['POST', 'DELETE']) {
      const { id, former, current } = await replaced();
      expect((await another.admin(method, `${id}/registration-token`)).status).toBeLessThan(300);
      for (const token of [former, current]) expect((await host.manage('GET', id, token)).status).toBe(401);
    }
  });

  it('is kept as a digest alone', async () => {
    const { id, former, current } = await replaced();
    const rows = await host.dataSource.query<object[]>(`SELECT * FROM oauth2_client WHERE id = '${id}'`);
    expect(JSON.stringify(rows)).toMatch(/"digest\\+":\\+"[\da-f]{64}/);
    for (const token of [former, current]) expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('opens nothing with one of two replacements at the same time', async () => {
    const { id, current } = await replaced();
    const bodies = ['One', 'Two', 'Three', 'Four'].map((name) => ({ ...REDIRECTS, client_name: name }));
    const answers = await Promise.all(
      bodies.map((body, at) => (at % 2 ? another : host).manage('PUT', id, current, body)),
    );
    // The first ends the token that all have sent, but for the grace in which it replaces again: one token is the newest.
    const tokens = answers.filter(({ status }) => status === 200).map((answer) => handedOut(answer).token);
    const statuses = [];
    for (const token of tokens) statuses.push((await host.manage('GET', id, token)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });
});

describe.each(SETTINGS)('the registration access token for administrators, $setting,', ({ open, isFastify }) => {
  const host = useRegistrationHost({ open, isFastify });

  it('is replaced: the new one is shown once, and the old one ends', async () => {
    const { id, token } = handedOut(await host.register(REDIRECTS));
    const { status, headers, body } = await host.admin('POST', `${id}/registration-token`);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      registration_access_token: expect.stringMatching(/^oart_\w{49}$/),
      registration_client_uri: `https://id.example.com/oauth2/register/${id}`,
    });
    expect((await host.manage('GET', id, token)).status).toBe(401);
    expect((await host.manage('GET', id, String(body['registration_access_token']))).status).toBe(200);
  });

  it('is ended, and given anew', async () => {
    const { id, token } = handedOut(await host.register(REDIRECTS));
    expect((await host.admin('DELETE', `${id}/registration-token`)).status).toBe(204);
    const { headers } = await host.admin('GET', id);
    expect((await host.admin('DELETE', `${id}/registration-token`)).status).toBe(204);
    expect((await host.admin('GET', id)).headers['etag']).toBe(headers['etag']);
    for (const presented of [token, '', 'oart_']) expect((await host.manage('GET', id, presented)).status).toBe(401);
    const { body } = await host.admin('POST', `${id}/registration-token`);
    expect((await host.manage('GET', id, String(body['registration_access_token']))).status).toBe(200);
  });

  it('is that of no unknown client', async () => {
    for (const method of ['POST', 'DELETE'])
      expect((await host.admin(method, 'nobody/registration-token')).status).toBe(404);
  });
});
