import { describe, expect, it } from '@jest/globals';
import { constants, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as requestSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { SecureVersion, TLSSocket } from 'node:tls';
import { ClientAuthenticator, type OAuthError } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { forServer, newAuthority, type Certified } from './support/certificates.js';
import { closing } from './support/closing.js';
import { SQLITE } from './support/databases.js';
import { post } from './support/http.js';
import { Subject } from './support/subject.js';
import { use } from './support/use.js';

const NAME = { type: 'dns' as const, value: 'orders.example.com' };
const VERSIONS: SecureVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** What a client of the token endpoint sent: its form, and the certificates of its connection, in PEM. */
interface Received {
  form: string;
  certificate?: string;
}

/** The certificates that a client has presented, its own first, in PEM. */
function presentedOn(socket: TLSSocket): string | undefined {
  const certificates: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next && certificates.every(({ fingerprint256 }) => fingerprint256 !== next?.fingerprint256)) {
    certificates.push(next);
    next = next.issuerCertificate;
  }
  return certificates.length > 0 ? certificates.map(String).join('\n') : undefined;
}

/** A token endpoint: it asks every client for a certificate, verifies none, and answers with the status that `decide` returns. */
async function startTokenEndpoint(decide: (received: Received) => Promise<number>) {
  // Another one than that of the clients, as it is on the Internet.
  const authority = await newAuthority('CN=Servers');
  const { cert, key } = await forServer(authority);
  // A session that is resumed by a ticket has the certificate of the client, but not those behind it.
  const secureOptions = constants.SSL_OP_NO_TICKET;
  const options = { cert, key, requestCert: true, rejectUnauthorized: false, secureOptions };
  const server = createServer(options, (request, response) => {
    const certificate = presentedOn(request.socket as TLSSocket);
    void textOf(request)
      .then((form) => decide({ form, ...(certificate !== undefined && { certificate }) }))
      .then((status) => response.writeHead(status).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return closing({ port: (server.address() as AddressInfo).port, ca: authority.cert, close });
}

/** Asks for a token over a connection of one version of TLS, with a certificate. */
async function askFor(
  { port, ca, id }: { port: number; ca: string; id: string },
  version: SecureVersion,
  { cert, key, session }: Partial<Certified> & { session?: Buffer },
): Promise<{ status: number; version: string | null; sessions: Buffer[] }> {
  const tls = { ca, cert, key, minVersion: version, maxVersion: version, ...(session && { session }) };
  const call = requestSecure({ host: 'localhost', port, path: '/token', method: 'POST', agent: false, ...tls });
  const answered = once(call, 'response') as Promise<[{ statusCode: number; socket: TLSSocket; resume: () => void }]>;
  const sessions: Buffer[] = [];
  call.on('socket', (socket) => socket.on('session', (one: Buffer) => sessions.push(one)));
  call.end(new URLSearchParams({ grant_type: 'client_credentials', client_id: id }).toString());
  const [response] = await answered;
  const protocol = response.socket.getProtocol();
  response.resume();
  return { status: response.statusCode, version: protocol, sessions };
}

describe.each(['in process', 'over HTTP'])('a token endpoint that asks the registry %s', (way) => {
  const here = use(async (keep) => {
    const authority = await newAuthority('CN=Clients');
    const options = { authentication: { certificates: { authorities: authority.cert } } };
    const service = await keep(startStandalone({ database: await keep(SQLITE.open()), options }));
    const decide = async (received: Received): Promise<number> => {
      if (way === 'over HTTP') return (await post(`${service.url}/admin/clients/authenticate`, received)).status;
      return service
        .get(ClientAuthenticator)
        .authenticate(received)
        .then(
          () => 200,
          (error: OAuthError) => error.getStatus(),
        );
    };
    const { port, ca } = await keep(startTokenEndpoint(decide));
    return { authority, service, port, ca };
  });

  it.each(VERSIONS)('lets clients in by the certificates of their connections, by %s', async (version) => {
    const { authority, service, port, ca } = here;
    const between = await newAuthority('CN=Between', { issuer: authority });
    const stranger = await newAuthority('CN=Clients');
    const [own, other] = [await newAuthority('CN=orders'), await newAuthority('CN=orders')];
    const names = [NAME];
    const chained = await between.issue({ names });
    const jwk = new X509Certificate(own.cert).publicKey.export({ format: 'jwk' });
    const named = await Subject.create(service, {
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: NAME.value,
    });
    const selfSigned = await Subject.create(service, {
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: { keys: [jwk] },
    });
    const attempts: [what: string, client: Subject, certified: Partial<Certified>, status: number][] = [
      ['of the authority', named, await authority.issue({ names }), 200],
      ['of an authority below it', named, { ...chained, cert: `${chained.cert}\n${between.cert}` }, 200],
      ['of an authority below it that is not sent', named, chained, 401],
      ['of another name', named, await authority.issue({ names: [{ ...NAME, value: 'other.example.com' }] }), 401],
      ['of another authority of this name', named, await stranger.issue({ names }), 401],
      ['that has expired', named, await authority.issue({ names, hours: [-2, -1] }), 401],
      ['that it has signed itself', named, own, 401],
      ['none', named, {}, 401],
      ['that it has signed itself, and registered', selfSigned, own, 200],
      ['that another client has signed itself', selfSigned, other, 401],
      ['of the authority', selfSigned, await authority.issue({ names }), 401],
      ['none', selfSigned, {}, 401],
    ];
    for (const [what, client, certified, status] of attempts) {
      const answer = await askFor({ port, ca, id: client.id }, version, certified);
      expect([what, answer.status, answer.version]).toEqual([what, status, version]);
    }
  });

  it.each(VERSIONS)('lets a client in again that wants to resume its session, by %s', async (version) => {
    const { authority, service, port, ca } = here;
    const between = await newAuthority('CN=Between', { issuer: authority });
    const own = await between.issue({ names: [NAME] });
    const certified = { ...own, cert: `${own.cert}\n${between.cert}` };
    const { id } = await Subject.create(service, {
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: NAME.value,
    });
    const first = await askFor({ port, ca, id }, version, certified);
    const session = first.sessions.at(-1);
    expect([first.status, session === undefined]).toEqual([200, false]);
    const again = await askFor({ port, ca, id }, version, { ...certified, ...(session && { session }) });
    expect(again.status).toBe(200);
  });
});
