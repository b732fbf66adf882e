import type { KeyObject } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import type { CryptoKey } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { ClientAuthenticator } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { assertionOf, ISSUER } from './support/assertions.js';
import { DATABASES } from './support/databases.js';
import { postClient, request } from './support/http.js';
import { startProcess } from './support/process.js';
import { startOutside } from './support/tls.js';
import { keyFor, published, type SigningKey } from './support/tokens.js';
import { use } from './support/use.js';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const TYPES = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  Ed25519: 'Ed25519',
};
const KINDS = Object.entries(TYPES).map(([alg, type]) => ({ alg, type, key: keyFor(alg) }));
const ES256 = keyFor('ES256');

/** A private key as Web Crypto has it, which the libraries take. */
function webKey(key: KeyObject, type: (typeof KINDS)[number]['type']): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), type, false, ['sign']);
}

/** Has a client of `openid-client` ask a token endpoint that hands what it gets to `answer`. */
async function grantByOpenid(
  id: string,
  key: openid.PrivateKey,
  answer: (form: string) => Promise<number>,
): Promise<void> {
  const server = { issuer: ISSUER, token_endpoint: `${ISSUER}/token` };
  const config = new openid.Configuration(server, id, undefined, openid.PrivateKeyJwt(key));
  config[openid.customFetch] = async (_, { body }) => {
    const status = await answer((body as URLSearchParams).toString());
    return Response.json(status === 200 ? { access_token: 'x', token_type: 'bearer' } : {}, { status });
  };
  await openid.clientCredentialsGrant(config);
}

const formOf = (assertion: string) => ({ client_assertion_type: JWT_BEARER, client_assertion: assertion });

/** A client with keys, either within it or at a URL. */
function registration(client_id: string, keys: { jwks: object } | { jwks_uri: string }): object {
  return { client_id, token_endpoint_auth_method: 'private_key_jwt', ...keys };
}

/** An assertion of a client with the signature of another one. */
function forged(client: string, key: SigningKey, head?: object): string {
  const [own, other] = [client, 'other'].map((id) => assertionOf(id, key, {}, head)) as [string, string];
  return own.slice(0, own.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'));
}

const authenticate = async (url: string, form: unknown, more: object = {}) =>
  request(`${url}/admin/clients/authenticate`, { method: 'POST', body: { form, ...more } });

describe.each(DATABASES)('private_key_jwt, on $database', ({ open }) => {
  const here = use(async (keep) => {
    const outside = await keep(
      startOutside(({ url = '' }, response) => {
        const { key } = KINDS.find(({ alg }) => url === `/${alg}`) ?? { key: ES256 };
        response.end(JSON.stringify({ keys: [published(key)] }));
      }),
    );
    const host = `localhost:${outside.port}`;
    const environment = { TOKEN_ISSUERS: ISSUER, JWKS_ALLOWED_HOSTS: host };
    const outbound = { certificateAuthorities: outside.certificate, allowedHosts: [host] };
    const options = { authentication: { assertions: { issuers: [ISSUER], outbound } } };
    const service = await keep(startStandalone({ database: await keep(open()), environment, options }));
    return { url: service.url, jwks: `https://${host}`, authenticator: service.get(ClientAuthenticator) };
  });

  it.each(KINDS)(
    'takes assertions of oauth4webapi and openid-client, of $alg, inline and by URI',
    async ({ alg, type, key }) => {
      const inline = registration(`inline-${alg}`, { jwks: { keys: [published(key)] } });
      const fetched = registration(`fetched-${alg}`, { jwks_uri: `${here.jwks}/${alg}` });
      const privateKey = { key: await webKey(key.privateKey, type), kid: key.kid };
      for (const client of [inline, fetched]) {
        const { status, body } = await postClient(here.url, client);
        expect(status).toBe(201);
        const id = String(body['client_id']);
        const form = new URLSearchParams({ grant_type: 'client_credentials' });
        await oauth.PrivateKeyJwt(privateKey)({ issuer: ISSUER }, { client_id: id }, form, new Headers());
        const answer = await authenticate(here.url, form.toString());
        expect([answer.status, answer.body['method'], answer.body['credential']]).toEqual([
          200,
          'private_key_jwt',
          { type: 'key', id: alg },
        ]);
        const statuses: number[] = [];
        await grantByOpenid(id, privateKey, async (sent) => {
          statuses.push((await authenticate(here.url, sent)).status);
          return statuses.at(-1) ?? 0;
        });
        expect(statuses).toEqual([200]);
      }
    },
  );

  it('is for clients that registered it, while they are not suspended', async () => {
    const keys = { jwks: { keys: [published(ES256)] } };
    await postClient(here.url, { ...registration('basic', keys), token_endpoint_auth_method: 'client_secret_basic' });
    await postClient(here.url, registration('suspended', keys));
    const form = () => formOf(assertionOf('suspended', ES256));
    expect((await authenticate(here.url, form())).status).toBe(200);
    await request(`${here.url}/admin/clients/suspended/suspension`, { method: 'PUT', body: {} });
    const refused = { error: 'invalid_client', error_description: 'The client could not be authenticated.' };
    for (const one of [
      form(),
      formOf(assertionOf('basic', ES256)),
      formOf(assertionOf('nobody', ES256)),
      formOf('x'),
    ]) {
      const { status, body } = await authenticate(here.url, one);
      expect([status, body]).toEqual([401, refused]);
    }
  });

  it.each(KINDS)('has one signature of $alg verified, whether there is such a client or not', async ({ alg, key }) => {
    const keys = { jwks: { keys: [published(key)] } };
    const other = ES256.alg === alg ? keyFor('EdDSA') : ES256;
    const clients: [object, head?: object][] = [
      [registration(`right-${alg}`, keys)],
      [registration(`right-${alg}`, keys), { kid: 'unknown' }],
      [registration(`right-${alg}`, keys), { kid: undefined }],
      [registration(`other-key-${alg}`, { jwks: { keys: [published(other)] } })],
      [{ ...registration(`other-alg-${alg}`, keys), token_endpoint_auth_signing_alg: other.alg }],
      [{ ...registration(`basic-${alg}`, keys), token_endpoint_auth_method: 'client_secret_basic' }],
      [{ ...registration(`public-${alg}`, keys), token_endpoint_auth_method: 'none' }],
    ];
    for (const [client] of clients) await postClient(here.url, client);
    const verified = jest.spyOn(crypto.subtle, 'verify');
    try {
      for (const [client, head] of [...clients, [{ client_id: 'nobody' }] as const]) {
        verified.mockClear();
        const { client_id: id } = client as { client_id: string };
        const { status } = await authenticate(here.url, formOf(forged(id, key, head)));
        expect([id, head, status, verified.mock.calls.length]).toEqual([id, head, 401, 1]);
      }
    } finally {
      verified.mockRestore();
    }
  });

  it('needs a client_id that equals the subject, or none, and the issuer that is asked', async () => {
    await postClient(here.url, registration('named', { jwks: { keys: [published(ES256)] } }));
    const ask = async (named: object, more?: object) =>
      (await authenticate(here.url, { ...formOf(assertionOf('named', ES256)), ...named }, more)).status;
    expect([
      await ask({ client_id: 'named' }),
      await ask({ client_id: 'nobody' }),
      await ask({ client_id: '' }),
    ]).toEqual([200, 401, 401]);
    expect([await ask({}, { issuer: ISSUER }), await ask({}, { issuer: 'https://other.example' })]).toEqual([200, 401]);
    expect(await ask({ client_secret: 'x' })).toBe(400);
  });

  it('proves a client in process', async () => {
    await postClient(here.url, registration('in-process', { jwks: { keys: [published(ES256)] } }));
    const form = formOf(assertionOf('in-process', ES256, {}, { kid: undefined }));
    const { clientId, credential } = await here.authenticator.authenticate({ form });
    expect([clientId, credential]).toEqual(['in-process', { type: 'key' }]);
    await expect(here.authenticator.authenticate({ form })).rejects.toMatchObject({ code: 'invalid_client' });
  });
});

describe.each(DATABASES)('an assertion that is replayed on two processes, on $database', ({ open }) => {
  const here = use(async (keep) => {
    const { url } = await keep(open());
    const start = () => keep(startProcess({ DATABASE_URL: url, DATABASE_MIGRATE: 'true', TOKEN_ISSUERS: ISSUER }));
    const processes = [await start(), await start()];
    return { urls: processes.map((process) => process.url) };
  });

  it('authenticates its client once', async () => {
    const [first = ''] = here.urls;
    await postClient(first, registration('shop', { jwks: { keys: [published(ES256)] } }));
    for (let turn = 0; turn < 5; turn += 1) {
      const form = formOf(assertionOf('shop', ES256));
      const urls = [1, 2, 3, 4, 5].flatMap(() => here.urls);
      const statuses = await Promise.all(urls.map(async (url) => (await authenticate(url, form)).status));
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 401)).toHaveLength(9);
    }
  });
});
