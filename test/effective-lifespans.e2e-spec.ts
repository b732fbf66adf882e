import { describe, expect, it } from '@jest/globals';
import { ClientLifespans, ClientsService, runInTransaction } from '../src/index.js';
import { readConfig } from '../src/standalone/config/config.js';
import { SETTINGS, startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { request } from './support/http.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const CODE = 'authorization_code';

describe.each(SETTINGS)('the effective lifespans of a client, $setting', ({ start, open }) => {
  const service = useService(start, open);
  const lifespans = (client: Subject) => client.send('GET', '/effective-lifespans');

  it('are those that it has, in seconds, and else the defaults, from the next request on', async () => {
    const client = await Subject.create(service, { authorization_code_grant_access_token_lifespan: '15m0.5s' });
    const [own, hour] = [
      { seconds: 900, source: 'client' },
      { seconds: 3600, source: 'default' },
    ];
    const month = { seconds: 2_592_000, source: 'default' };
    const before = await lifespans(client);
    expect(before.status).toBe(200);
    expect(before.headers['cache-control']).toBe('no-store');
    expect(before.body[CODE]).toEqual({ access_token: own, id_token: hour, refresh_token: month });
    expect(before.body['client_credentials']).toEqual({ access_token: hour });
    expect(Object.values(before.body).flatMap((tokens) => Object.keys(tokens as object))).toHaveLength(13);

    await client.done('PUT', '/lifespans', { authorization_code_grant_id_token_lifespan: `${2 ** 53}s` });
    const { body } = await lifespans(client);
    const clamped = { seconds: 2 ** 53 - 1, source: 'client', clamped: true };
    expect(body).toEqual({
      ...before.body,
      [CODE]: { access_token: hour, id_token: clamped, refresh_token: month },
    });
    const short = await request(`${service.url}/clients/${client.id}/effective-lifespans`);
    expect([short.status, short.body]).toEqual([200, body]);
    expect((await request(`${service.url}/admin/clients/nobody/effective-lifespans`)).status).toBe(404);
    await client.send('DELETE');
    expect((await lifespans(client)).status).toBe(404);
  });

  it('are the same in process, in the transaction of the host and for the owner of the client only', async () => {
    const client = await Subject.create(service, { owner: 'a', jwt_bearer_grant_access_token_lifespan: '5m' });
    const inProcess = service.get(ClientLifespans);
    const { body } = await lifespans(client);
    expect(await inProcess.effective(client.id)).toEqual(body);
    const undone = runInTransaction(service.dataSource, async (manager) => {
      await service.get(ClientsService).setLifespans(client.id, {}, { manager });
      const unset = Object.values(await inProcess.effective(client.id, { manager }));
      expect(unset.flatMap((tokens) => Object.values(tokens)).filter(({ source }) => source === 'client')).toEqual([]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    const of = (owner: string) =>
      inProcess.effective(client.id, { actor: { type: 'host', id: owner, name: '', owner } });
    expect(await of('a')).toEqual(body);
    await expect(of('b')).rejects.toMatchObject({ status: 404 });
    await expect(inProcess.effective('nobody')).rejects.toMatchObject({ status: 404 });
  });
});

describe('the default lifespans of the service', () => {
  const environment = { LIFESPAN_ACCESS_TOKEN: '10m', LIFESPAN_ID_TOKEN: '20m', LIFESPAN_REFRESH_TOKEN: '30m' };
  const service = useService(startStandalone, SQLITE.open, { environment });

  it('are those of the environment, each for its kind of token', async () => {
    const { body } = await (await Subject.create(service)).send('GET', '/effective-lifespans');
    expect(body['refresh_token']).toEqual({
      access_token: { seconds: 600, source: 'default' },
      id_token: { seconds: 1200, source: 'default' },
      refresh_token: { seconds: 1800, source: 'default' },
    });
  });

  it.each(['0', '0s', '999ms', '-1h', '1d', '3600', 'forever'])('are not %s', (value) => {
    for (const name of Object.keys(environment))
      expect(() => readConfig({ [name]: value })).toThrow(`${name} must be 1s or more, as a sequence of numbers`);
  });
});
