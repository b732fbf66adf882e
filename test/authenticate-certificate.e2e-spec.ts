import { describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { readConfig } from '../src/standalone/config/config.js';
import { announceRefusedMethods } from '../src/standalone/first-lines.js';
import { registryOptions } from '../src/standalone/registry-options.js';
import { startStandalone } from './support/app.js';
import { newAuthority, passedOn, type Certified } from './support/certificates.js';
import { SQLITE } from './support/databases.js';
import { fileOf } from './support/file-of.js';
import { postClient, request, type Answer } from './support/http.js';
import { keptLog } from './support/log.js';
import { use } from './support/use.js';

const PATH = '/admin/clients/authenticate';
const REFUSED = [401, { error: 'invalid_client', error_description: 'The client could not be authenticated.' }];
const NAME = { tls_client_auth_san_uri: 'spiffe://example.org/orders' };
const NAMES = [{ type: 'url' as const, value: NAME.tls_client_auth_san_uri }];

describe('POST /admin/clients/authenticate with a certificate', () => {
  const here = use(async (keep) => {
    const authority = await newAuthority();
    const { path } = await keep(fileOf(authority.cert));
    const environment = { CLIENT_CERTIFICATE_CA: path };
    const service = await keep(startStandalone({ database: await keep(SQLITE.open()), environment }));
    const without = await keep(startStandalone({ database: await keep(SQLITE.open()) }));
    return { authority, service, without };
  });

  const ask = (id: string, certificate?: string, { url } = here.service): Promise<Answer> =>
    request(url + PATH, { method: 'POST', body: { form: { client_id: id }, certificate } });
  const created = async (members: object, { url } = here.service): Promise<string> => {
    const { status, body } = await postClient(url, members);
    expect(status).toBe(201);
    return String(body['client_id']);
  };
  const expectProved = ({ status, body }: Answer, method: string, { cert }: Certified) => {
    const { raw, fingerprint256, validTo } = new X509Certificate(cert);
    expect(raw.length).toBeGreaterThan(0);
    const id = Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
    const credential = { type: 'certificate', id, expires_at: Date.parse(validTo) / 1000 };
    expect([status, body]).toEqual([200, expect.objectContaining({ method, credential })]);
  };
  const expectRefused = ({ status, body }: Answer) => expect([status, body]).toEqual(REFUSED);

  it('authenticates a client by a certificate of an authority, and by no other', async () => {
    const id = await created({ token_endpoint_auth_method: 'tls_client_auth', ...NAME });
    const certified = await here.authority.issue({ names: NAMES });
    expectProved(await ask(id, certified.cert), 'tls_client_auth', certified);
    const { cert: ended } = await here.authority.issue({ names: NAMES, hours: [-2, -1] });
    const { cert: other } = await here.authority.issue({ names: [] });
    const { cert: foreign } = await (await newAuthority()).issue({ names: NAMES });
    for (const certificate of [undefined, '', 'x', ended, other, foreign]) expectRefused(await ask(id, certificate));
    expectRefused(await ask('unknown', certified.cert));
    await request(`${here.service.url}/admin/clients/${id}/suspension`, { method: 'PUT', body: {} });
    expectRefused(await ask(id, certified.cert));
  });

  it('authenticates a client by a certificate that it has signed itself', async () => {
    const [own, other] = [await newAuthority('CN=orders'), await newAuthority('CN=orders')];
    const jwk = new X509Certificate(own.cert).publicKey.export({ format: 'jwk' });
    const id = await created({ token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [jwk] } });
    expectProved(await ask(id, own.cert), 'self_signed_tls_client_auth', own);
    expectRefused(await ask(id, other.cert));
  });

  it('lets a certificate count for no other method, and disturb none', async () => {
    const { cert } = await here.authority.issue({ names: NAMES });
    expectRefused(await ask(await created(NAME), cert));
    const open = await created({ token_endpoint_auth_method: 'none', ...NAME });
    expect((await ask(open, cert)).body['credential']).toEqual({ type: 'none' });
    const { body } = await postClient(here.service.url, { token_endpoint_auth_method: 'client_secret_post' });
    const form = { client_id: String(body['client_id']), client_secret: String(body['client_secret']) };
    const answer = await request(here.service.url + PATH, { method: 'POST', body: { form, certificate: cert } });
    expect([answer.status, answer.body['method']]).toEqual([200, 'client_secret_post']);
  });

  it('believes no certificate in a header, whoever sends it', async () => {
    const id = await created({ token_endpoint_auth_method: 'tls_client_auth', ...NAME });
    const { cert } = await here.authority.issue({ names: NAMES });
    const url = here.service.url + PATH;
    const headers = { 'client-cert': passedOn(cert), 'x-client-cert': encodeURIComponent(cert) };
    expectRefused(await request(url, { method: 'POST', body: { form: { client_id: id } }, headers }));
    const asForm = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    expectRefused(await request(url, { method: 'POST', body: `client_id=${id}`, headers: asForm }));
    const within = new URLSearchParams({ client_id: id, certificate: cert }).toString();
    expectRefused(await request(url, { method: 'POST', body: within, headers: asForm }));
  });

  it('refuses tls_client_auth where no authority is configured', async () => {
    const id = await created({ token_endpoint_auth_method: 'tls_client_auth', ...NAME }, here.without);
    const { cert } = await here.authority.issue({ names: NAMES });
    expectRefused(await ask(id, cert, here.without));
  });
});

describe('CLIENT_CERTIFICATE_CA', () => {
  it('is missed in the log of the start, as far as it is', () => {
    const { logger, text } = keptLog();
    const others = { TOKEN_ISSUERS: 'https://as.example' };
    announceRefusedMethods(logger, readConfig({ ...others, CLIENT_CERTIFICATE_CA: 'ca.pem' }));
    expect(text()).toBe('');
    announceRefusedMethods(logger, readConfig(others));
    expect(text()).toBe('No client can authenticate by tls_client_auth: CLIENT_CERTIFICATE_CA is not set.');
  });

  it('must name a file with certificates', async () => {
    await using empty = await fileOf('no certificates');
    const optionsWith = (path: string) => registryOptions(readConfig({ CLIENT_CERTIFICATE_CA: path }));
    expect(() => optionsWith(empty.path)).toThrow('CLIENT_CERTIFICATE_CA names a file that does not hold certificates');
    const [{ cert }, { cert: other }] = [await newAuthority(), await newAuthority()];
    await using cutShort = await fileOf(cert + other.slice(0, -100));
    expect(() => optionsWith(cutShort.path)).toThrow('that does not hold certificates');
    expect(() => optionsWith(`${empty.path}.x`)).toThrow(
      'CLIENT_CERTIFICATE_CA names a file that cannot be read (ENOENT)',
    );
  });
});
