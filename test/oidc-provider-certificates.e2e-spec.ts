import { createPublicKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { Configuration } from 'oidc-provider';
import { forServer, newAuthority, type Certified } from './support/certificates.js';
import { SQLITE } from './support/databases.js';
import { startInProcess } from './support/in-process.js';
import { basic, CLIENT_REFUSED, startProvider } from './support/provider.js';
import { use } from './support/use.js';

const NAME = 'spiffe://example.org/orders';
const FEATURES: NonNullable<Configuration['features']> = {
  clientCredentials: { enabled: true },
  mTLS: { enabled: true },
};
/** The certificate that a proxy passes on. */
const getCertificate = ({ req }: { req: IncomingMessage }) =>
  decodeURIComponent(String(req.headers['x-client-certificate'] ?? '')) || undefined;

describe('certificates of clients at a provider with the registry', () => {
  const here = use(async (keep) => {
    const authority = await newAuthority();
    const options = { authentication: { certificates: { authorities: authority.cert } } };
    const registry = await keep(startInProcess(await keep(SQLITE.open()), options));
    const certificate = await forServer(authority);
    const server = await keep(startProvider(registry.context, { features: FEATURES }, { certificate }));
    const mTLS = { enabled: true as const, certificateBoundAccessTokens: true as const, getCertificate };
    const behindProxy = await keep(startProvider(registry.context, { features: { ...FEATURES, mTLS } }));
    return { ...registry, authority, server, behindProxy };
  });

  const create = async (members: object) => {
    const { client } = await here.clients.create({ grant_types: ['client_credentials'], ...members });
    return client.client_id;
  };
  const ask = async (client_id: string, certified?: Certified, headers: Record<string, string> = {}) => {
    const form = { grant_type: 'client_credentials', client_id };
    const connection = { ca: here.authority.cert, agent: false as const, ...certified };
    const { status, body } = await here.server.ask('/token', { form, headers, connection });
    return status === 200 ? 200 : [status, body];
  };

  it('authenticate it by a name that an authority certifies', async () => {
    const id = await create({ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_uri: NAME });
    const names = [{ type: 'url' as const, value: NAME }];
    const own = await here.authority.issue({ names });
    expect(await ask(id, own)).toBe(200);
    const others = [
      await here.authority.issue({ names: [] }),
      await here.authority.issue({ names, hours: [-2, -1] }),
      await (await newAuthority()).issue({ names }),
      undefined,
    ];
    for (const other of others) expect(await ask(id, other)).toEqual([401, CLIENT_REFUSED]);
    expect(await ask('nobody', own)).toEqual([401, CLIENT_REFUSED]);
  });

  it('authenticate it by a key that it has registered, with or without a certificate of it', async () => {
    const own = await (await newAuthority()).issue({ subject: 'CN=orders' });
    const jwk = createPublicKey(own.cert).export({ format: 'jwk' });
    const id = await create({ token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [jwk] } });
    expect(await ask(id, own)).toBe(200);
    expect(await ask(id, await here.authority.issue({}))).toEqual([401, CLIENT_REFUSED]);
    expect(await ask(id)).toEqual([401, CLIENT_REFUSED]);
  });

  it('are what a proxy passes on, where the host says how', async () => {
    const own = await here.authority.issue({ names: [{ type: 'url', value: NAME }] });
    const id = await create({ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_uri: NAME });
    const form = { grant_type: 'client_credentials', client_id: id };
    const passed = { 'x-client-certificate': encodeURIComponent(own.cert) };
    const statuses = [
      (await here.behindProxy.ask('/token', { form, headers: passed })).status,
      (await here.behindProxy.ask('/token', { form })).status,
    ];
    expect(statuses).toEqual([200, 401]);
  });

  it('do not stand for a secret, nor a secret for them', async () => {
    const { client } = await here.clients.create({ grant_types: ['client_credentials'] });
    const own = await here.authority.issue({ names: [{ type: 'url', value: NAME }] });
    expect(await ask(client.client_id, own)).toEqual([401, CLIENT_REFUSED]);
    const authorization = basic(client.client_id, client.client_secret ?? '');
    expect(await ask(client.client_id, own, { authorization })).toBe(200);
    const certified = await create({ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_uri: NAME });
    expect(await ask(certified, own, { authorization: basic(certified, 'x') })).toEqual([401, CLIENT_REFUSED]);
    expect([here.server.failures, here.behindProxy.failures]).toEqual([[], []]);
  });
});
