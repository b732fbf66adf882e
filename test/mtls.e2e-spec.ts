import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as secureRequest, type Server, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text as textOf } from 'node:stream/consumers';
import { connect as secureConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { ExtendedKeyUsage } from '@peculiar/x509';
import { readConfig } from '../src/standalone/config/config.js';
import { announceListener } from '../src/standalone/first-lines.js';
import { startStandalone } from './support/app.js';
import { forServer, newAuthority, passedOn, type Certified } from './support/certificates.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { rawRequest } from './support/http.js';
import { keptLog } from './support/log.js';
import { use } from './support/use.js';

const PRINCIPALS = [
  { subject: 'CN=deployer+OU=x\\, y,O=Exämple \\+ Co,C=DE', name: 'Deployer', scopes: ['clients:read', 'owners:all'] },
  { uri: 'spiffe://example.org/a,b', scopes: ['clients:read', 'clients:write'], owner: 'team-a' },
  { dns: 'ci.Example.org', scopes: ['owners:all'] },
  { dns: 'as.example.org', scopes: ['clients:write', 'clients:authenticate', 'owners:all'] },
  { email: 'ann@example.org', scopes: ['clients:read', 'owners:all'] },
];
const WELL_KNOWN = { names: [{ type: 'email' as const, value: 'ann@example.org' }] };

interface Answer {
  status: number | undefined;
  body: Record<string, unknown>;
  challenge: string | undefined;
}

/** A folder of files, which goes when it is disposed of. */
function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'registry-tls-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const close = async () => rmSync(folder, { recursive: true });
  return Promise.resolve({ folder, write, [Symbol.asyncDispose]: close });
}

/** A service with TLS, and those that make certificates for it. */
const withTls = (environment: Record<string, string> = {}) =>
  use(async (keep) => {
    const [folder, database] = [await keep(openFolder()), await keep(SQLITE.open())];
    const [authority, clients] = [await newAuthority(), await newAuthority('CN=Clients')];
    const server = await forServer(authority);
    const log = keptLog();
    const service = await keep(
      startStandalone({
        database,
        environment: {
          ADMIN_AUTH: 'mtls',
          ADMIN_API_KEY: '',
          ADMIN_TLS_CERT: folder.write('cert.pem', server.cert),
          ADMIN_TLS_KEY: folder.write('key.pem', server.key),
          ADMIN_TLS_CLIENT_CA: folder.write('ca.pem', clients.cert),
          CLIENT_CERTIFICATE_CA: folder.write('client-ca.pem', clients.cert),
          ADMIN_MTLS_PRINCIPALS: folder.write('principals.json', JSON.stringify(PRINCIPALS)),
          ...environment,
        },
        logger: log.logger,
      }),
    );
    const port = Number(new URL(service.url).port);
    const ask = (
      certified: Partial<Certified>,
      { path = '/admin/clients', body, ...options }: RequestOptions & { body?: object } = {},
    ) =>
      new Promise<Answer>((resolve, reject) => {
        const call = secureRequest({ host: '127.0.0.1', port, path, ca: authority.cert, ...certified, ...options });
        call.on('error', reject).on('response', (response) => {
          const { statusCode: status, headers } = response;
          json(response).then(
            (value) => resolve({ status, body: value as Answer['body'], challenge: headers['www-authenticate'] }),
            reject,
          );
        });
        call.end(body && JSON.stringify(body));
      });
    const close = (signal: string) => (service.app as { close: (signal?: string) => Promise<void> }).close(signal);
    const listener = service.app.getHttpServer() as Server;
    return { ...folder, authority, clients, port, ask, log: log.text, server: listener, close };
  });

const REFUSED = { status: 401, challenge: 'Bearer error="invalid_token"', body: { error: 'invalid_token' } };

describe('ADMIN_AUTH=mtls on a listener with TLS', () => {
  const here = withTls();

  it.each<[what: string, contents: Parameters<typeof here.clients.issue>[0], read: number]>([
    ['subject', { subject: 'C=DE,O=Exämple \\+ Co,CN=deployer+OU=x\\, y' }, 200],
    ['subject, the highest level first', { subject: 'CN=deployer+OU=x\\, y,O=Exämple \\+ Co,C=DE' }, 401],
    [
      'subject, with attributes on levels of their own',
      { subject: 'C=DE,O=Exämple \\+ Co,OU=x\\, y,CN=deployer' },
      401,
    ],
    ['subject, with a further level', { subject: 'C=DE,O=Exämple \\+ Co,CN=deployer+OU=x\\, y,CN=x' }, 401],
    ['subject, as the value of one attribute', { subject: 'CN=deployer\\+OU=x\\, y\\,O=Exämple \\+ Co\\,C=DE' }, 401],
    ['subject, in another case', { subject: 'C=DE,O=Exämple \\+ Co,CN=Deployer+OU=x\\, y' }, 401],
    ['URI', { names: [{ type: 'url', value: 'spiffe://example.org/a,b' }] }, 200],
    ['another URI', { names: [{ type: 'url', value: 'spiffe://example.org/a' }] }, 401],
    ['DNS name, in any case', { names: [{ type: 'dns', value: 'CI.example.org' }] }, 403],
    ['DNS name as a common name', { subject: 'CN=ci.Example.org' }, 401],
    ['e-mail address among others', { names: [{ type: 'dns', value: 'x' }, ...WELL_KNOWN.names] }, 200],
    ['e-mail address as a part of a URI', { names: [{ type: 'url', value: 'x:y, email:ann@example.org' }] }, 401],
    [
      'e-mail address as a part of a URI, behind a quote',
      { names: [{ type: 'url', value: 'x:y", email:ann@example.org, z:z' }] },
      401,
    ],
    ['e-mail address as a DNS name', { names: [{ type: 'dns', value: 'ann@example.org' }] }, 401],
    ['nothing', {}, 401],
  ])('knows a certificate by its %s', async (_, contents, read) => {
    const { status } = await here.ask(await here.clients.issue(contents));
    expect(status).toBe(read);
  });

  it('gives scopes, and the owner', async () => {
    const certified = await here.clients.issue({ names: [{ type: 'url', value: 'spiffe://example.org/a,b' }] });
    const made = await here.ask(certified, { method: 'POST', body: {} });
    expect([made.status, made.body['owner']]).toEqual([201, 'team-a']);
    const other = await here.ask(certified, { method: 'POST', body: { owner: 'team-b' } });
    expect([other.status, other.body['error']]).toEqual([403, 'access_denied']);
    expect((await here.ask(certified, { method: 'DELETE', path: '/admin/clients/x' })).status).toBe(403);
  });

  it.each<[what: string, certified: () => Promise<Partial<Certified>>]>([
    ['that has expired', () => here.clients.issue({ ...WELL_KNOWN, hours: [-2, -1] })],
    ['that is not valid yet', () => here.clients.issue({ ...WELL_KNOWN, hours: [1, 2] })],
    ['of another authority', async () => (await newAuthority('CN=Clients')).issue(WELL_KNOWN)],
    ['of the authority of the listener', () => here.authority.issue(WELL_KNOWN)],
    ['of a server', () => here.clients.issue({ ...WELL_KNOWN, usage: ExtendedKeyUsage.serverAuth })],
  ])('refuses a certificate %s, in the envelope', async (_, certified) => {
    expect(await here.ask(await certified())).toMatchObject(REFUSED);
  });

  it('refuses whoever has no certificate, and leaves probes open', async () => {
    expect(await here.ask({})).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect((await here.ask({}, { path: '/health/ready' })).status).toBe(200);
  });

  it('takes no certificate of a caller for that of a client', async () => {
    const certified = await here.clients.issue({ names: [{ type: 'dns', value: 'as.example.org' }] });
    const post = (path: string, body: object) =>
      here.ask(certified, { method: 'POST', path: `/admin/clients${path}`, body });
    const client = { client_id: 'as', token_endpoint_auth_method: 'tls_client_auth' };
    expect((await post('', { ...client, tls_client_auth_san_dns: 'as.example.org' })).status).toBe(201);
    const form = { client_id: 'as' };
    const refused = await post('/authenticate', { form });
    expect([refused.status, refused.body['error']]).toEqual([401, 'invalid_client']);
    expect((await post('/authenticate', { form, certificate: certified.cert })).status).toBe(200);
  });

  it('lets no certificate count beside other credentials', async () => {
    const certified = await here.clients.issue(WELL_KNOWN);
    for (const authorization of ['Bearer x', 'Basic eDp5'])
      expect(await here.ask(certified, { headers: { authorization } })).toMatchObject(REFUSED);
  });

  it('does not believe a header', async () => {
    const { cert } = await here.clients.issue(WELL_KNOWN);
    const headers = { 'client-cert': passedOn(cert) };
    expect(await here.ask({}, { headers })).toMatchObject({ status: 401, challenge: 'Bearer' });
  });

  it('speaks TLS 1.2 and 1.3 only', async () => {
    const versionOf = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise((resolve) => {
        const { authority, port } = here;
        const options = { host: '127.0.0.1', port, ca: authority.cert, ciphers: 'DEFAULT:@SECLEVEL=0' };
        const socket = secureConnect({ ...options, minVersion: version, maxVersion: version });
        socket.once('secureConnect', () => resolve(socket.end().getProtocol()));
        socket.once('error', () => resolve(undefined));
      });
    expect([await versionOf('TLSv1.1'), await versionOf('TLSv1.2'), await versionOf('TLSv1.3')]).toEqual([
      undefined,
      'TLSv1.2',
      'TLSv1.3',
    ]);
  });

  it('drops a caller that speaks plain HTTP, and goes on', async () => {
    const socket = connect(here.port, '127.0.0.1').end('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => void socket.resume().once('close', resolve));
    expect((await here.ask({}, { path: '/health/alive' })).status).toBe(200);
  });
});

it('the first lines of the log say https, and the ways in', () => {
  const { logger, text } = keptLog();
  const files = { ADMIN_TLS_CERT: 'cert.pem', ADMIN_TLS_KEY: 'key.pem' };
  const config = readConfig({ ...files, ADMIN_AUTH: 'jwt,mtls', DOCS: 'false' });
  announceListener(logger, { address: '::1', port: 4445, family: 'IPv6' }, config);
  expect(text()).toBe('Admin API on https://[::1]:4445.\nAccess to the admin API: jwt, mtls.');
});

describe('the files of TLS', () => {
  const here = withTls({ METRICS: 'open' });
  const to = (options: ConnectionOptions = {}) =>
    secureConnect({ host: '127.0.0.1', port: here.port, rejectUnauthorized: false, ...options });
  const issuerOfServer = async () => {
    const socket = to();
    await once(socket, 'secureConnect');
    const { issuer } = socket.getPeerCertificate();
    socket.destroy();
    return issuer.CN;
  };
  /** A request over a connection of its own, which goes on: the status, and what is behind it. */
  const over = async (socket: TLSSocket, path: string): Promise<string> => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return String(await once(socket, 'data'));
  };
  const metrics = async () => {
    const socket = to();
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const text = await textOf(socket);
    const valueOf = (name: string) =>
      Number(new RegExp(`^oauth2_registry_tls_${name}{listener="admin"} (.+)$`, 'm').exec(text)?.[1]);
    return { failed: valueOf('reload_failed'), end: valueOf('certificate_end_timestamp_seconds') };
  };
  const hasFailed = (value: number) => eventually(async () => (await metrics()).failed === value);

  it('are read again, and open connections go on', async () => {
    const certified = await here.clients.issue(WELL_KNOWN);
    const kept = to(certified);
    expect(await over(kept, '/admin/clients')).toContain(' 200 ');
    const next = await newAuthority('CN=Next');
    const [used, { cert, key }] = [readFileSync(join(here.folder, 'cert.pem'), 'utf8'), await forServer(next)];
    expect(await metrics()).toEqual({ failed: 0, end: Date.parse(new X509Certificate(used).validTo) / 1000 });

    // A broken file keeps the old ones, and so does one that does not fit its neighbour, or that is gone.
    here.write('cert.pem', 'not a certificate');
    await hasFailed(1);
    expect(here.log()).toContain('cannot be used');
    expect([await issuerOfServer(), (await here.ask(certified)).status]).toEqual(['Authority', 200]);
    here.write('cert.pem', cert);
    await eventually(() => here.log().includes('key values mismatch'));
    rmSync(join(here.folder, 'cert.pem'));
    await eventually(() => here.log().includes('ENOENT'));
    expect([await issuerOfServer(), (await metrics()).failed]).toEqual(['Authority', 1]);
    here.write('cert.pem', used);
    await hasFailed(0);
    // Node itself would go on without the second authority.
    here.write('ca.pem', here.clients.cert + next.cert.slice(0, -100));
    await hasFailed(1);
    here.write('ca.pem', here.clients.cert);
    await hasFailed(0);

    // As Kubernetes does it: a link is moved.
    for (const [name, text] of Object.entries({ 'cert.pem': cert, 'key.pem': key })) {
      here.write(`next-${name}`, text);
      symlinkSync(`next-${name}`, join(here.folder, `link-${name}`));
      renameSync(join(here.folder, `link-${name}`), join(here.folder, name));
    }
    await eventually(() => here.log().includes('have changed'));
    await hasFailed(0);
    expect([await issuerOfServer(), (await metrics()).end]).toEqual([
      'Next',
      Date.parse(new X509Certificate(cert).validTo) / 1000,
    ]);
    expect(await over(kept, '/admin/clients')).toContain(' 200 ');
    kept.destroy();
  });

  it('that say other authorities end the connections with certificates, and no others', async () => {
    const certified = await here.clients.issue(WELL_KNOWN);
    const writer = await here.clients.issue({ names: [{ type: 'dns', value: 'as.example.org' }] });
    const nextClients = await newAuthority('CN=Next clients');
    const [idle, busy, stranger, beginning] = [to(certified), to(writer), to(), connect(here.port, '127.0.0.1')];
    let session: Buffer | undefined;
    idle.on('session', (one: Buffer) => (session = one));
    expect(await over(idle, '/admin/clients')).toContain(' 200 ');
    expect(await over(stranger, '/health/alive')).toContain(' 200 ');
    busy.write('POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{');
    await once(here.server, 'request');
    const ended = Promise.all([once(idle, 'close'), once(beginning, 'close')]);

    here.write('ca.pem', nextClients.cert);
    await ended;
    busy.write('}');
    expect(await textOf(busy)).toMatch(/^HTTP\/1\.1 201 (?=.*\nConnection: close\r\n)/s);
    expect(await over(stranger, '/health/alive')).toContain(' 200 ');
    stranger.destroy();
    const resumed = to({ ...certified, ...(session && { session }) });
    expect(await over(resumed, '/admin/clients')).toContain(' 401 ');
    expect([session !== undefined, resumed.isSessionReused()]).toEqual([true, false]);
    resumed.destroy();
    const known = to(await nextClients.issue(WELL_KNOWN));
    expect(await over(known, '/admin/clients')).toContain(' 200 ');
    here.write('ca.pem', '');
    await hasFailed(1);
    expect(await over(known, '/admin/clients')).toContain(' 200 ');
    known.destroy();
  });
});

describe('the end of a service with TLS', () => {
  const here = withTls({ SHUTDOWN_TIMEOUT: '600000' });

  it('answers what was accepted, and waits for no connection that is idle', async () => {
    const certified = await here.clients.issue({ names: [{ type: 'url', value: 'spiffe://example.org/a,b' }] });
    const unused = connect(here.port, '127.0.0.1');
    const idle = secureConnect({ host: '127.0.0.1', port: here.port, ca: here.authority.cert });
    const busy = secureConnect({ host: '127.0.0.1', port: here.port, ca: here.authority.cert, ...certified });
    await Promise.all([once(unused, 'connect'), once(idle, 'secureConnect'), once(busy, 'secureConnect')]);
    busy.write('POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{');
    await once(here.server, 'request');
    const closed = here.close('SIGTERM');
    busy.write('}');
    expect(await textOf(busy)).toMatch(/^HTTP\/1\.1 201 (?=.*\nConnection: close\r\n)/s);
    await closed;
    for (const socket of [unused, idle]) await textOf(socket);
  });
});

describe('ADMIN_AUTH=mtls behind a proxy', () => {
  const service = use(async (keep) => {
    const [folder, database] = [await keep(openFolder()), await keep(SQLITE.open())];
    const start = (proxies: string) =>
      startStandalone({
        database,
        environment: {
          ADMIN_AUTH: 'mtls',
          ADMIN_API_KEY: '',
          ADMIN_TRUSTED_PROXIES: proxies,
          ADMIN_MTLS_PRINCIPALS: folder.write('principals.json', JSON.stringify(PRINCIPALS)),
        },
      });
    const [trusting, distrusting] = [await keep(start('127.0.0.1')), await keep(start('10.0.0.0/8'))];
    const authority = await newAuthority();
    const [{ cert }, expired] = [
      await authority.issue(WELL_KNOWN),
      await authority.issue({ ...WELL_KNOWN, hours: [-2, -1] }),
    ];
    const ask = async (url: string, headers: Record<string, string> | string[]) => {
      const { status, headers: answered } = await rawRequest(`${url}/admin/clients`, {
        headers: Array.isArray(headers) ? ['Authorization', '', ...headers] : { authorization: '', ...headers },
      });
      return [status, answered['www-authenticate']];
    };
    return { trusting: trusting.url, distrusting: distrusting.url, cert, expired: expired.cert, ask };
  });

  it('believes the header of a proxy, and of nobody else', async () => {
    const headers = { 'client-cert': passedOn(service.cert) };
    expect(await service.ask(service.trusting, headers)).toEqual([200, undefined]);
    expect(await service.ask(service.distrusting, headers)).toEqual([401, 'Bearer']);
    expect(await service.ask(service.trusting, {})).toEqual([401, 'Bearer']);
  });

  it.each<[what: string, header: () => string]>([
    ['without colons', () => passedOn(service.cert).slice(1, -1)],
    ['with one colon', () => passedOn(service.cert).slice(1)],
    ['of PEM', () => `:${Buffer.from(service.cert).toString('base64')}:`],
    ['of PEM in escapes, as nginx makes it', () => encodeURIComponent(service.cert)],
    ['that is empty', () => '::'],
    ['that is not base64', () => passedOn(service.cert).replace('M', '%')],
    ['in base64url', () => `:${Buffer.from('~~~???').toString('base64url')}:`],
    ['of other bytes', () => `:${Buffer.from('nothing').toString('base64')}:`],
    ['of a certificate and more', () => longer(service.cert)],
    ['of a certificate cut short', () => `${passedOn(service.cert).slice(0, 101)}:`],
    ['with two certificates', () => `${passedOn(service.cert)}, ${passedOn(service.cert)}`],
    ['with a parameter', () => `${passedOn(service.cert)};a=1`],
    ['of an expired certificate', () => passedOn(service.expired)],
  ])('refuses a header %s', async (_, header) => {
    expect(await service.ask(service.trusting, { 'client-cert': header() })).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  });

  it('refuses two headers', async () => {
    const one = ['Client-Cert', passedOn(service.cert)];
    expect(await service.ask(service.trusting, ['Host', 'localhost', ...one, ...one])).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  });
});

/** A header with further bytes behind the certificate. */
function longer(cert: string): string {
  const bytes = Buffer.from(passedOn(cert).slice(1, -1), 'base64');
  return `:${Buffer.concat([bytes, Buffer.from('more')]).toString('base64')}:`;
}
