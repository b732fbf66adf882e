import { generateKeyPairSync } from 'node:crypto';
import { createServer, request, type RequestOptions, type Server } from 'node:http';
import { createServer as createTlsServer, request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { Provider, type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';
import { registryProvider, type RegistrySource } from '../../src/oidc-provider.js';
import type { Certified } from './certificates.js';
import { closing } from './closing.js';

/** An answer of a provider. */
export interface ProviderAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  body: Record<string, unknown>;
}

/** A request to a provider. */
export interface ProviderCall {
  /** The form, as text or as its parameters. Default none: the method is GET. */
  form?: string | Record<string, string>;
  headers?: Record<string, string>;
  /** How it connects, such as with which certificate. */
  connection?: Pick<RequestOptions, 'agent'> & { cert?: string; key?: string; ca?: string };
}

/** A provider that listens. */
export interface RunningProvider extends AsyncDisposable {
  issuer: string;
  provider: Provider;
  /** What it keeps, by model and id. */
  kept: Map<string, AdapterPayload>;
  /** Errors that it has taken for its own. */
  failures: Error[];
  ask: (path: string, call?: ProviderCall) => Promise<ProviderAnswer>;
  close: () => Promise<void>;
}

const SIGNING = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

/** What the suites keep tokens in. */
class MapAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly kept: Map<string, AdapterPayload>,
  ) {}

  upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.kept.set(`${this.model}:${id}`, payload);
    return Promise.resolve();
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve(this.kept.get(`${this.model}:${id}`));
  }

  private findBy(member: 'uid' | 'userCode', value: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve([...this.kept.values()].find((payload) => payload[member] === value));
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.findBy('uid', uid);
  }

  findByUserCode(code: string): Promise<AdapterPayload | undefined> {
    return this.findBy('userCode', code);
  }

  async consume(id: string): Promise<void> {
    Object.assign((await this.find(id)) ?? {}, { consumed: 1 });
  }

  destroy(id: string): Promise<void> {
    this.kept.delete(`${this.model}:${id}`);
    return Promise.resolve();
  }

  revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of this.kept) if (payload.grantId === grantId) this.kept.delete(key);
    return Promise.resolve();
  }
}

/** Starts a provider of the clients of a registry, over TLS with a certificate of its own. */
export async function startProvider(
  registry: RegistrySource,
  configuration: Configuration = {},
  { certificate, issuer: named }: { certificate?: Certified; issuer?: string } = {},
): Promise<RunningProvider> {
  const server: Server = certificate
    ? createTlsServer({ ...certificate, requestCert: true, rejectUnauthorized: false })
    : createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  try {
    const running = serve(server, { registry, issuer: named ?? url, configuration });
    const ask = (path: string, call: ProviderCall = {}) => exchange(url + path, call);
    return closing({ issuer: named ?? url, ...running, ask, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Lets a server serve a provider. */
function serve(
  server: Server,
  { registry, issuer, configuration }: { registry: RegistrySource; issuer: string; configuration: Configuration },
): Pick<RunningProvider, 'provider' | 'kept' | 'failures'> {
  const kept = new Map<string, AdapterPayload>();
  const provider = registryProvider({
    Provider,
    issuer,
    registry,
    configuration: {
      adapter: (model) => new MapAdapter(model, kept),
      jwks: { keys: [{ ...SIGNING, kid: 'own', alg: 'RS256', use: 'sig' }] },
      cookies: { keys: ['of the tests'] },
      ...configuration,
      features: { devInteractions: { enabled: false }, ...configuration.features },
    },
  });
  const failures: Error[] = [];
  provider.on('server_error', (_, error) => failures.push(error));
  const callback = provider.callback();
  server.on('request', (received, answer) => void callback(received, answer));
  return { provider, kept, failures };
}

/** Sends a request to a provider, with nothing but what it says. */
export function exchange(url: string, { form, headers, connection }: ProviderCall): Promise<ProviderAnswer> {
  const isForm = form !== undefined;
  const options = {
    method: isForm ? 'POST' : 'GET',
    headers: { ...(isForm && { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
    ...connection,
  };
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? tlsRequest : request;
    const call = send(url, options, (response) => {
      textOf(response)
        .then((text) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            text,
            body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
          }),
        )
        .catch(reject);
    });
    call.on('error', reject).end(isForm ? new URLSearchParams(form).toString() : undefined);
  });
}

/** The one refusal of a client. */
export const CLIENT_REFUSED = { error: 'invalid_client', error_description: 'client authentication failed' };

/** Basic credentials of a text as it stands. */
export function basicOf(text: string | Buffer): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** Basic credentials whose parts are encoded as RFC 6749 §2.3.1 says. */
export function basic(id: string, secret: string): string {
  const encoded = (part: string) => new URLSearchParams({ '': part }).toString().slice(1);
  return basicOf(`${encoded(id)}:${encoded(secret)}`);
}
