import { describe, expect, it } from '@jest/globals';
import { DATABASES } from './support/databases.js';
import { startInProcess } from './support/in-process.js';
import { startProvider } from './support/provider.js';
import { use } from './support/use.js';

const basicOf = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
const REFUSED = { error: 'invalid_client', error_description: 'client authentication failed' };

describe.each(DATABASES)('client_credentials at a provider with the registry, on $database', ({ open }) => {
  const here = use(async (keep) => {
    const registry = await keep(startInProcess(await keep(open())));
    const features = { clientCredentials: { enabled: true }, introspection: { enabled: true } };
    return { ...registry, server: await keep(startProvider(registry.context, { features })) };
  });

  /** A new client for machines, with its secret in clear. */
  const create = async (members: object = {}) => {
    const { client } = await here.clients.create({ grant_types: ['client_credentials'], ...members });
    return { id: client.client_id, secret: client.client_secret ?? '' };
  };
  const grant = (headers: Record<string, string>, more: Record<string, string> = {}) =>
    here.server.ask('/token', { form: { grant_type: 'client_credentials', ...more }, headers });

  it('gives a client a token that lives as long as its lifespan says', async () => {
    const { id, secret } = await create({ client_credentials_grant_access_token_lifespan: '7m' });
    const { status, body } = await grant({ authorization: basicOf(id, secret) });
    expect([status, body]).toEqual([200, { access_token: expect.any(String), expires_in: 420, token_type: 'Bearer' }]);
    const form = { token: String(body['access_token']) };
    const shown = await here.server.ask('/token/introspection', {
      form,
      headers: { authorization: basicOf(id, secret) },
    });
    const { active, exp, iat } = shown.body as { active: boolean; exp: number; iat: number };
    expect([active, exp - iat]).toEqual([true, 420]);
  });

  it('refuses a wrong secret, and a right one by another method', async () => {
    const { id, secret } = await create();
    const wrong = await grant({ authorization: basicOf(id, `${secret}x`) });
    expect([wrong.status, wrong.body]).toEqual([401, REFUSED]);
    expect(wrong.headers['www-authenticate']).toMatch(/^Basic /);
    const posted = await grant({}, { client_id: id, client_secret: secret });
    expect([posted.status, posted.body]).toEqual([401, REFUSED]);
    expect(here.server.failures).toEqual([]);
  });
});
