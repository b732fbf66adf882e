import { describe, expect, it } from '@jest/globals';
import { freePort } from './support/process.js';
import { startPublic } from './support/public-listener.js';
import { rawRequest, request } from './support/http.js';

/** A service whose clients know its public listener by its own address. */
async function startRegistering(environment: Record<string, string> = {}) {
  const port = String(await freePort());
  return startPublic({ PUBLIC_PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, ...environment });
}

const NONE = { authorization: '' };

describe('a client that registers at the public listener', () => {
  it('manages itself at the place that it is told, which only this listener has', async () => {
    await using service = await startRegistering();
    const body = { client_name: 'Desktop', redirect_uris: ['http://127.0.0.1/callback'] };
    const created = await request(`${service.publicUrl}/oauth2/register`, { method: 'POST', body, headers: NONE });
    const place = String(created.body['registration_client_uri']);
    expect([created.status, created.headers['location']]).toEqual([201, place]);
    expect(place.startsWith(`${service.publicUrl}/oauth2/register/`)).toBe(true);
    const own = { authorization: `Bearer ${String(created.body['registration_access_token'])}` };
    expect((await request(place, { headers: own })).body['client_name']).toBe('Desktop');
    const elsewhere = place.replace(service.publicUrl, service.url);
    expect((await request(elsewhere, { headers: own })).status).toBe(404);
    const id = String(created.body['client_id']);
    expect((await request(`${service.url}/admin/clients/${id}`)).body['registered_via']).toMatchObject({
      type: 'registration',
    });
    expect((await request(`${service.publicUrl}/admin/clients/${id}`, { headers: own })).status).toBe(404);
    expect((await request(place, { method: 'DELETE', headers: own })).status).toBe(204);
    expect((await request(`${service.url}/admin/clients/${id}`)).status).toBe(404);
  });

  it('is refused by the door, not by a route, for another path, method, Host or page', async () => {
    await using service = await startRegistering();
    const before = await service.rowCount();
    const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
      rawRequest(service.publicUrl, { method, path, body: '{}', headers: { ...NONE, ...headers } });
    expect(await ask('GET', '/oauth2/register')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect((await ask('POST', '/oauth2/register/../../admin/clients')).status).toBe(404);
    expect((await ask('POST', '/oauth2/register/%2e%2e/%2e%2e/admin/clients')).status).toBe(404);
    expect((await ask('POST', '/oauth2/register', { host: 'evil.example' })).status).toBe(403);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json'])
      expect(
        (await ask('POST', '/oauth2/register', { origin: 'https://evil.example', 'content-type': type })).status,
      ).toBe(403);
    expect(await service.rowCount()).toBe(before);
  });

  it('stands in the journal with the address that a trusted proxy tells, and with no other', async () => {
    const headers = { ...NONE, 'x-forwarded-for': '203.0.113.7, 198.51.100.9' };
    const addressOf = async (environment: Record<string, string>): Promise<unknown> => {
      await using service = await startRegistering(environment);
      await request(`${service.publicUrl}/oauth2/register`, { method: 'POST', body: {}, headers });
      const { body } = await request(`${service.url}/admin/changes`);
      const [change] = body as unknown as { actor: { type: string; address: string } }[];
      expect(change?.actor.type).toBe('registration');
      return change?.actor.address;
    };
    expect(await addressOf({})).toBe('127.0.0.1');
    expect(await addressOf({ PUBLIC_TRUSTED_PROXIES: '127.0.0.1' })).toBe('198.51.100.9');
  });
});

describe('REGISTRATION=token', () => {
  it('lets those in who have an initial access token, and nobody else', async () => {
    await using service = await startRegistering({ REGISTRATION: 'token' });
    const register = (authorization: string) =>
      request(`${service.publicUrl}/oauth2/register`, { method: 'POST', body: {}, headers: { authorization } });
    const refused = await register('');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, expect.stringMatching(/^Bearer/)]);
    const body = { label: 'for a desktop' };
    const made = await request(`${service.url}/admin/registration-tokens`, { method: 'POST', body });
    expect(made.status).toBe(201);
    expect((await register(`Bearer ${String(made.body['token'])}`)).status).toBe(201);
    expect((await register('Bearer wrong')).status).toBe(401);
  });
});

describe('the OpenAPI document', () => {
  it('names the public listener as the server of its paths, where there is one', async () => {
    await using service = await startRegistering();
    const { paths } = (await request(`${service.url}/openapi.json`)).body as {
      paths: Record<string, { servers?: unknown }>;
    };
    const servers = Object.entries(paths).map(([path, item]) => [path.startsWith('/oauth2/'), item.servers]);
    expect(servers).toContainEqual([true, [{ url: service.publicUrl }]]);
    expect(servers.filter(([isPublic, own]) => isPublic !== (own !== undefined))).toEqual([]);
  });
});
