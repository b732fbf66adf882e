import type { ParsedUrlQuery } from 'node:querystring';
import type { AuthenticatedClient } from '../authentication/authenticated-client.js';
import type { ClientAuthenticator } from '../authentication/client-authenticator.js';
import { presentedBy, type TokenRequest } from '../authentication/token-request.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import type { ProviderClient, ProviderInstance, ProviderRequest } from './provider-types.js';
import type { RegisteredClients } from './registered-clients.js';
import { answerable } from './store/provider-refusal.js';

/** The routes on which clients authenticate. */
const AUTHENTICATING = new Set([
  'token',
  'introspection',
  'revocation',
  'device_authorization',
  'pushed_authorization_request',
  'backchannel_authentication',
]);
/** The parameters by which they authenticate. */
const CREDENTIALS = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'] as const;
/** Placeholder that the provider sees instead of a credential. It proves nothing: only the registry's verdict counts. */
const TAKEN = 'taken';

/** The provider's authentication method by which an authenticated client passes; `undefined` for the method that the client has registered. */
const WAY_OF: Readonly<Record<AuthenticatedClient['credential']['type'], string | undefined>> = {
  secret: undefined,
  none: undefined,
  key: 'client_secret_post',
  certificate: 'tls_client_auth',
};

/** The verdicts of the registry: the client that it has authenticated, by request. */
export type Verdicts = WeakMap<
  ProviderRequest,
  { client: ProviderClient; by: AuthenticatedClient['credential']['type'] }
>;

/** Dependencies of {@link ClientCredentials}. */
interface Parts {
  authenticator: ClientAuthenticator;
  clients: RegisteredClients;
  verdicts: Verdicts;
  issuer: string;
  /** Returns the caller's certificate as PEM; `undefined` when the caller has none. */
  certificateOf: (request: ProviderRequest) => string | undefined;
}

/**
 * Removes the credentials from a request before the provider reads it, and has the registry verify them. No client passes without the registry's
 * verdict.
 */
export class ClientCredentials {
  private readonly received = new WeakMap<ProviderRequest, TokenRequest>();

  constructor(private readonly parts: Parts) {}

  /**
   * Replaces the provider's own client authentication and client look-up.
   *
   * @param current returns the request that is being served
   */
  replaceThoseOf(provider: ProviderInstance, current: () => ProviderRequest | undefined): void {
    this.watchForms(provider);
    this.passVerdicts(provider, current);
    provider.Client.find = (id) => this.find(id, current());
  }

  /** Removes the credentials from each form as soon as the provider has read it. */
  private watchForms({ OIDCContext }: ProviderInstance): void {
    const bodies = new WeakMap<object, unknown>();
    const take = (request: ProviderRequest, body: unknown) => this.take(request, body as ParsedUrlQuery);
    Object.defineProperty(OIDCContext.prototype, 'body', {
      configurable: true,
      get(this: object) {
        return bodies.get(this);
      },
      set(this: { ctx: ProviderRequest; route: string }, body: unknown) {
        bodies.set(this, AUTHENTICATING.has(this.route) ? take(this.ctx, body) : body);
      },
    });
  }

  /** Lets a client pass only if the registry has authenticated it. */
  private passVerdicts({ Client }: ProviderInstance, current: () => ProviderRequest | undefined): void {
    const verdictOn = (client: object) => {
      const request = current();
      const verdict = request && this.parts.verdicts.get(request);
      return verdict?.client === client ? verdict : undefined;
    };
    Object.defineProperties(Client.prototype, {
      compareClientSecret: {
        configurable: true,
        value(this: object): boolean {
          return verdictOn(this) !== undefined;
        },
      },
      clientAuthMethod: {
        configurable: true,
        get(this: { tokenEndpointAuthMethod: string }): string {
          return WAY_OF[verdictOn(this)?.by ?? 'none'] ?? this.tokenEndpointAuthMethod;
        },
      },
    });
  }

  /** Removes the credentials from a request, and returns its form without them. */
  private take(request: ProviderRequest, body: ParsedUrlQuery): ParsedUrlQuery {
    const { headers } = request.req;
    const { authorization } = headers;
    delete headers.authorization;
    const form = new URLSearchParams();
    for (const name of CREDENTIALS) for (const value of [body[name] ?? []].flat()) form.append(name, value);
    const certificate = this.parts.certificateOf(request);
    const source = request.ip || undefined;
    const received = { authorization, form, certificate, issuer: this.parts.issuer, source };
    this.received.set(request, received);
    return { ...body, ...withoutCredentials(received) };
  }

  /** Looks up a client for the provider. On these routes, its first look-up is for the client that authenticates. */
  private async find(id: string, request: ProviderRequest | undefined): Promise<ProviderClient | undefined> {
    const received = request && this.received.get(request);
    if (!received) return answerable(this.parts.clients.find(id));
    this.received.delete(request);
    try {
      return await answerable(this.judge(request, received));
    } catch (error) {
      const { cause } = error as Error;
      if (!(cause instanceof OAuthError)) throw error;
      request.set(cause.headers);
      // The provider answers `invalid_client` in its own words.
      if (cause.code === 'invalid_client') return undefined;
      throw error;
    }
  }

  /** Has the registry authenticate a client, and records its verdict. */
  private async judge(request: ProviderRequest, received: TokenRequest): Promise<ProviderClient | undefined> {
    const { authenticator, clients, verdicts } = this.parts;
    const { clientId, document, credential } = await authenticator.authenticate(received);
    const client = await clients.from(clientId, document);
    if (!client) return undefined;
    verdicts.set(request, { client, by: credential.type });
    return client;
  }
}

/** Returns the parameters that the provider sees in place of the credentials: enough to look up the client. */
function withoutCredentials(received: TokenRequest): ParsedUrlQuery {
  const shown = {
    client_id: TAKEN,
    client_secret: TAKEN,
    client_assertion: undefined,
    client_assertion_type: undefined,
  };
  try {
    const { by, clientId } = presentedBy(received);
    return { ...shown, client_id: clientId || TAKEN, client_secret: by === 'name' ? undefined : TAKEN };
  } catch (error) {
    // The registry reports this error again when the provider looks up the client.
    if (error instanceof OAuthError) return shown;
    throw error;
  }
}
