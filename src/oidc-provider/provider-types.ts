import type { IncomingMessage } from 'node:http';

/** A request to the provider: the used part of Koa's context. */
export interface ProviderRequest {
  /** Node's request. */
  req: IncomingMessage;
  /** Address of the caller. Behind a proxy, set `provider.proxy`. */
  ip: string;
  /** Status of the answer. */
  status: number;
  /**
   * Sets headers of the answer.
   *
   * @param headers by their names
   */
  set(headers: Record<string, string>): void;
  /** The provider's own context of the request. */
  oidc: {
    /** Name of the route, such as `token`. */
    route: string;
    /** Parameters, once they have been read. */
    params?: object | undefined;
    /** The provider that serves the request. */
    provider: ProviderInstance;
    /** Scopes that the request asks for. */
    requestParamScopes: Set<string>;
    /** Objects that the provider has loaded for the request, by kind. */
    entities: {
      /** The client. */
      Client?: object | undefined;
      /** The refresh token that is being replaced. */
      RotatedRefreshToken?:
        | {
            /** Seconds until that token would have expired. */
            remainingTTL: number;
          }
        | undefined;
    };
  };
}

/** A client in the provider's form. */
export interface ProviderClient {
  /** Its `client_id`. */
  readonly clientId: string;
}

/** The provider's class of clients. */
export interface ProviderClientClass {
  /**
   * Validates metadata and makes a client from it.
   *
   * @param metadata members of RFC 7591 and related standards
   */
  new (metadata: object): ProviderClient;
  /** The methods of clients. */
  prototype: object;
  /**
   * Looks up a client by its id.
   *
   * @param id the `client_id`
   */
  find(id: string): Promise<ProviderClient | undefined>;
}

/** A model of the provider from which tokens are issued. */
export interface GrantingClass {
  /** The members of its instances. */
  prototype: object;
}

/** The used part of an instance of oidc-provider 9. */
export interface ProviderInstance {
  /** Its issuer identifier. */
  readonly issuer: string;
  /** Its class of clients. */
  readonly Client: ProviderClientClass;
  /** Its class of authorization codes. */
  readonly AuthorizationCode: GrantingClass;
  /** Its class of refresh tokens. */
  readonly RefreshToken: GrantingClass;
  /** Its class of device codes. */
  readonly DeviceCode: GrantingClass;
  /** Its class of backchannel authentication requests: a client asks that a person log in on another device. */
  readonly BackchannelAuthenticationRequest: GrantingClass;
  /**
   * Registers middleware around each request.
   *
   * @param around the middleware
   */
  use(around: (request: ProviderRequest, next: () => Promise<unknown>) => Promise<unknown>): unknown;
  /** Its class of request contexts. */
  readonly OIDCContext: {
    /** The members of each request context. */
    prototype: object;
  };
}

/**
 * The class `Provider` of oidc-provider 9.
 *
 * @typeParam P its instances
 * @typeParam C its configuration
 */
export interface ProviderClass<P extends ProviderInstance, C> {
  /**
   * Makes a provider.
   *
   * @param issuer its issuer identifier
   * @param configuration of the provider
   */
  new (issuer: string, configuration?: C): P;
  /** The request that is being served. */
  readonly ctx: ProviderRequest | undefined;
}
