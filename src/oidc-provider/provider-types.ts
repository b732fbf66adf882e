import type { IncomingMessage } from 'node:http';

/** A request to the provider, of which Koa's context has more. */
export interface ProviderRequest {
  /** Node's request. */
  req: IncomingMessage;
  /** Address of the caller; behind a proxy, set `provider.proxy`. */
  ip: string;
  /** Status of the answer. */
  status: number;
  /**
   * Sets headers of the answer.
   *
   * @param headers by their names
   */
  set(headers: Record<string, string>): void;
  /** What the provider knows of it. */
  oidc: {
    /** Name of the route, such as `token`. */
    route: string;
    /** Parameters, as far as they are read. */
    params?: object | undefined;
    /** Who serves it. */
    provider: ProviderInstance;
    /** Scopes that it asks for. */
    requestParamScopes: Set<string>;
    /** What belongs to it, by kind. */
    entities: {
      /** The client. */
      Client?: object | undefined;
      /** The refresh token that is being replaced. */
      RotatedRefreshToken?:
        | {
            /** Seconds until it would have ended. */
            remainingTTL: number;
          }
        | undefined;
    };
  };
}

/** A client as the provider has it. */
export interface ProviderClient {
  /** Its `client_id`. */
  readonly clientId: string;
}

/** The provider's class of clients. */
export interface ProviderClientClass {
  /**
   * Checks metadata and makes a client of it.
   *
   * @param metadata members of RFC 7591 and its kin
   */
  new (metadata: object): ProviderClient;
  /** The methods of clients. */
  prototype: object;
  /**
   * The client with an id.
   *
   * @param id the `client_id`
   */
  find(id: string): Promise<ProviderClient | undefined>;
}

/** A class of the provider for what tokens are issued for. */
export interface GrantingClass {
  /** The members of its instances. */
  prototype: object;
}

/** What is needed of an instance of oidc-provider 9. */
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
  /** Its class of requests of clients to log a person in elsewhere. */
  readonly BackchannelAuthenticationRequest: GrantingClass;
  /**
   * Has a function called around each request.
   *
   * @param around the function
   */
  use(around: (request: ProviderRequest, next: () => Promise<unknown>) => Promise<unknown>): unknown;
  /** Its class of what it knows of a request. */
  readonly OIDCContext: {
    /** What is known of each request. */
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
  /** The request that is served now. */
  readonly ctx: ProviderRequest | undefined;
}
