import { describe, expect, it } from '@jest/globals';
import { ClientsService, type ClientView } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { handedOut, useRegistrationHost } from './support/registration-host.js';

const REDIRECTS = { redirect_uris: ['https://desktop.example.com/callback'] };

describe.each(SETTINGS)('where a client comes from, $setting,', ({ open, isFastify }) => {
  const host = useRegistrationHost({ open, isFastify });

  const via = async (id: string) => (await host.admin('GET', id)).body['registered_via'];
  const idsOf = async (query: string) => {
    const { text } = await host.admin('GET', `?${query}`);
    return (JSON.parse(text) as ClientView[]).map(({ client_id }) => client_id);
  };

  it('is shown by whoever created it', async () => {
    const clients = host.app.get(ClientsService, { strict: false });
    const actors = { admin: 'api_key', cli: 'cli', import: 'import', host: 'host' } as const;
    for (const [type, actor] of Object.entries(actors)) {
      await clients.create({ client_id: type }, { actor: { type: actor, id: 'x', name: 'x' } });
      expect(await via(type)).toEqual({ type });
    }
    await clients.create({ client_id: 'in-process' });
    expect(await via('in-process')).toEqual({ type: 'host' });
    const { id } = handedOut(await host.register(REDIRECTS));
    expect(await via(id)).toEqual({ type: 'registration', policy: 'default' });
  });

  it('never changes, whatever is sent and whoever changes the client', async () => {
    const { id, token } = handedOut(await host.register({ ...REDIRECTS, registered_via: { type: 'admin' } }));
    const before = await via(id);
    const other = { ...REDIRECTS, registered_via: { type: 'admin' } };
    expect((await host.admin('PUT', id, { ...other, client_name: 'PUT' })).status).toBe(200);
    const patch = [{ op: 'replace', path: '/registered_via', value: { type: 'admin' } }];
    expect((await host.admin('PATCH', id, patch)).status).toBe(200);
    expect((await host.admin('PUT', `${id}/suspension`)).body['registered_via']).toEqual(before);
    await host.admin('DELETE', `${id}/suspension`);
    expect((await host.manage('PUT', id, token, other)).status).toBe(200);
    await host.admin('POST', `${id}/revert`, { version: 1 });
    await host.admin('DELETE', id);
    expect((await host.admin('POST', `${id}/restore`)).body['registered_via']).toEqual(before);
    expect(await via(id)).toEqual({ type: 'registration', policy: 'default' });
    expect(await idsOf('registered_via=registration')).toContain(id);
  });

  it('finds clients', async () => {
    const { id } = handedOut(await host.register(REDIRECTS));
    await host.admin('POST', '', { client_id: 'made' });
    expect(await idsOf('registered_via=registration')).toContain(id);
    expect(await idsOf('registered_via=registration')).not.toContain('made');
    expect(await idsOf('registration_policy=default')).toContain(id);
    expect(await idsOf('registration_policy=other')).toEqual([]);
    expect(await idsOf('registration_token=label')).toEqual([]);
    const { text } = await host.admin('GET', `?client_id=${id}&fields=registered_via`);
    expect(JSON.parse(text)).toEqual([{ registered_via: { type: 'registration', policy: 'default' } }]);
  });

  it('is left out of clients from before it was kept, and stays so', async () => {
    await host.admin('POST', '', { client_id: 'older' });
    await host.dataSource.query(`UPDATE oauth2_client SET registered_via = NULL WHERE id = 'older'`);
    expect((await host.admin('PUT', 'older', { client_name: 'Older' })).body).not.toHaveProperty('registered_via');
    expect(await idsOf('registered_via=host')).not.toContain('older');
  });
});
