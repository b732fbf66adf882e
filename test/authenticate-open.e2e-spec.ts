import { expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { postClient, request } from './support/http.js';
import { useService } from './support/use.js';

const service = useService(startStandalone, SQLITE.open, { environment: { ADMIN_AUTH: 'none' } });

it('takes the header Authorization for that of the client where everybody is let in', async () => {
  const { body: client } = await postClient(service.url, {});
  const credentials = `${String(client['client_id'])}:${String(client['client_secret'])}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const ask = (headers: Record<string, string>) =>
    request(`${service.url}/admin/clients/authenticate`, {
      method: 'POST',
      body: 'grant_type=client_credentials',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  expect((await ask({ authorization })).status).toBe(200);
  const refused = await ask({});
  expect([refused.status, refused.body['error']]).toEqual([401, 'invalid_client']);
  // The one that is the client's in any case comes first.
  expect((await ask({ authorization: 'Basic wrong', 'client-authorization': authorization })).status).toBe(200);
});
