import { describe, expect, it } from '@jest/globals';
import { ClientAuthenticator, ClientKeySetReports } from '../src/index.js';
import { SETTINGS, startStandalone } from './support/app.js';
import { assertionOf, ISSUER } from './support/assertions.js';
import { SQLITE } from './support/databases.js';
import { request } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { PUBLIC_KEY, Subject } from './support/subject.js';
import { startOutside } from './support/tls.js';
import { keyFor, published } from './support/tokens.js';
import { use, useService } from './support/use.js';

const KEY = keyFor('ES256', '2026-01');
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
/** Where nobody listens. */
const CLOSED = 'localhost:1';
const NOTHING = { fetched_at: null, last_error: null, last_error_at: null };
const report = (client: Subject) => client.send('GET', '/key-set');

describe.each(SETTINGS)('GET /admin/clients/{id}/key-set, $setting,', ({ start, open }) => {
  const here = use(async (keep) => {
    const pages: Record<string, { status: number; body: string }> = {};
    let fetches = 0;
    const outside = await keep(
      startOutside(({ url = '' }, response) => {
        fetches += 1;
        const { status, body } = pages[url] ?? { status: 404, body: '' };
        response.writeHead(status).end(body);
      }),
    );
    const host = `localhost:${outside.port}`;
    const outbound = { certificateAuthorities: outside.certificate, allowedHosts: [host, CLOSED] };
    const options = { authentication: { assertions: { issuers: [ISSUER], outbound } } };
    const service = await keep(start({ database: await keep(open()), options }));
    return { service, pages, urlOf: (path: string) => `https://${host}${path}`, fetches: () => fetches };
  });
  const authenticate = (client: Subject) => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const form = { client_assertion_type, client_assertion: assertionOf(client.id, KEY) };
    return here.service
      .get(ClientAuthenticator)
      .authenticate({ form })
      .then(
        () => true,
        () => false,
      );
  };

  it('names the keys that the client has within it, and says that it has none', async () => {
    const keys = [{ ...PUBLIC_KEY, kid: 'a', use: 'sig' }, published(KEY)];
    const inline = await Subject.create(here.service, { jwks: { keys } });
    expect((await report(inline)).body).toEqual({
      source: 'jwks',
      keys: [
        { kid: 'a', kty: 'OKP', use: 'sig' },
        { kid: '2026-01', kty: 'EC', use: 'sig', alg: 'ES256' },
      ],
      ...NOTHING,
    });
    for (const members of [{}, { jwks: { keys: [] } }])
      expect((await report(await Subject.create(here.service, members))).body).toEqual({
        source: 'none',
        keys: [],
        ...NOTHING,
      });
  });

  it('tells which keys this process has fetched, and why it cannot, and fetches none', async () => {
    const before = here.fetches();
    const client = await Subject.create(here.service, {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: here.urlOf('/keys'),
    });
    const unknown = { source: 'jwks_uri', keys: [], ...NOTHING };
    expect((await report(client)).body).toEqual(unknown);
    expect(here.fetches()).toBe(before);

    here.pages['/keys'] = { status: 503, body: '' };
    expect(await authenticate(client)).toBe(false);
    const { body } = await report(client);
    expect(body).toEqual({ ...unknown, last_error: 'its answer was 503, not 200', last_error_at: TIME });

    const strange = { kid: 'x'.repeat(256), kty: 7, alg: null };
    here.pages['/better'] = { status: 200, body: JSON.stringify({ keys: [published(KEY), strange] }) };
    await client.patch([{ op: 'replace', path: '/jwks_uri', value: here.urlOf('/better') }]);
    expect(await authenticate(client)).toBe(true);
    const known = (await report(client)).body;
    const keys = [{ kid: '2026-01', kty: 'EC', use: 'sig', alg: 'ES256' }, {}];
    expect(known).toEqual({ source: 'jwks_uri', keys, ...NOTHING, fetched_at: TIME });
    expect(await here.service.get(ClientKeySetReports).of(client.id)).toEqual(known);
    expect(here.fetches()).toBe(before + 2);
  });

  it('tells nothing of the network behind the service', async () => {
    const client = await Subject.create(here.service, {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `https://${CLOSED}/keys`,
    });
    expect(await authenticate(client)).toBe(false);
    expect((await report(client)).body['last_error']).toBe('there was no usable answer');
  });

  it('is 404 for a client that does not exist', async () => {
    const client = await Subject.create(here.service);
    await client.send('DELETE');
    expect((await report(client)).status).toBe(404);
  });
});

describe('the keys of a client of another owner', () => {
  const service = useService(startStandalone, SQLITE.open, { authenticators: [HONEST] });

  it('are 404', async () => {
    const url = `${service.url}/admin/clients`;
    const { body } = await request(url, { method: 'POST', body: { owner: 'team-a' }, headers: as({}) });
    const statusFor = async (owner: string) =>
      (await request(`${url}/${String(body['client_id'])}/key-set`, { headers: as({ owner }) })).status;
    expect([await statusFor('team-a'), await statusFor('team-b')]).toEqual([200, 404]);
  });
});
