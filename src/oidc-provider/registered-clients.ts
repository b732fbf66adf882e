import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Jwk } from '../clients/metadata/values/key-kinds.js';
import type { ShownClient } from '../clients/store/client-answer.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { expressed, inlineKeysOf, type ExpressedClient } from './expressed-client.js';
import type { ProviderClient, ProviderInstance } from './provider-types.js';
import type { RegistryServices } from './registry-services.js';

/** Most clients that are cached in the provider's form; a client is built anew when its document has changed. */
const MOST = 1000;
/** A blank in place of an empty scope: the provider lets a client without a scope request any. */
const NO_SCOPE = ' ';

/** The provider's clients as the registry shows them. */
const views = new WeakMap<object, ShownClient>();

/**
 * Returns a client of the provider as the registry shows it: with its `audience`, `metadata`, `skip_consent` and everything else that the
 * provider has no member for.
 *
 * @param client a client of a provider that `registryProvider` made
 * @returns `undefined` for another object
 */
export function registeredClient(client: object): ShownClient | undefined {
  return views.get(client);
}

interface Made {
  document: string;
  keys: readonly Jwk[];
  /** `undefined` when the client is suspended, or the provider rejects it. */
  client: ProviderClient | undefined;
}

/** The registry's clients in the provider's form, read from the registry on every look-up. */
export class RegisteredClients {
  private readonly logger = new Logger('OidcProvider');
  private readonly made = new LRUCache<string, Made>({ max: MOST });

  /**
   * @param provider provider that the clients are made for
   * @param fetchesKeys whether the provider needs the keys behind a `jwks_uri`; authentication does not need them
   */
  constructor(
    private readonly provider: ProviderInstance,
    private readonly services: Pick<RegistryServices, 'clients' | 'keySets'>,
    private readonly fetchesKeys: boolean,
  ) {}

  /**
   * Looks up the current state of a client.
   *
   * @returns `undefined` when the client does not exist or is suspended, or the provider rejects it
   * @throws OAuthError 503 when the database cannot answer
   */
  async find(id: string): Promise<ProviderClient | undefined> {
    try {
      const { json } = await this.services.clients.get(id);
      return await this.from(id, json);
    } catch (error) {
      if (error instanceof OAuthError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  /**
   * Makes a client from a document that has already been read.
   *
   * @param document the client as the admin API shows it, as JSON text
   */
  async from(id: string, document: string): Promise<ProviderClient | undefined> {
    const known = this.made.get(id);
    if (known?.document === document && !this.fetchesKeys) return known.client;
    const shown = JSON.parse(document) as ShownClient;
    const keys = await this.keysOf(shown);
    // The keys behind a URL are the same array until they are fetched anew.
    if (known?.document === document && (!shown.jwks_uri || known.keys === keys)) return known.client;
    const client = shown.suspended ? undefined : this.make(shown, keys);
    this.made.set(id, { document, keys, client });
    return client;
  }

  private async keysOf(client: ShownClient): Promise<readonly Jwk[]> {
    if (!client.jwks_uri) return inlineKeysOf(client);
    return (this.fetchesKeys && (await this.services.keySets.at(client.jwks_uri).get())) || [];
  }

  private make(shown: ShownClient, keys: readonly Jwk[]): ProviderClient | undefined {
    try {
      requireOwnKey(shown.client_id);
      const members = expressed(shown, keys);
      const client = this.accepted(members) ?? new this.provider.Client(this.supported(members));
      views.set(client, shown);
      return Object.assign(client, { scope: shown.scope || NO_SCOPE });
    } catch (error) {
      const { message, error_description: reason = message } = error as Error & { error_description?: string };
      this.logger.warn(
        `The client ${JSON.stringify(shown.client_id)} is refused, for the provider does not take it: ${reason}.`,
      );
      return undefined;
    }
  }

  private accepted(members: object): ProviderClient | undefined {
    try {
      return new this.provider.Client(members);
    } catch {
      return undefined;
    }
  }

  /** Reduces a client to the grant types and response types that the provider supports. */
  private supported(members: ExpressedClient): ExpressedClient {
    const { client_secret, token_endpoint_auth_method, grant_types, response_types } = members;
    // It has everything that any authentication method or subject type needs.
    const probe = {
      client_id: 'probe',
      client_secret,
      token_endpoint_auth_method,
      tls_client_auth_san_dns: 'probe.invalid',
      jwks: { keys: [] },
      redirect_uris: ['https://probe.invalid/'],
      sector_identifier_uri: 'https://probe.invalid/',
      grant_types: [] as string[],
      response_types: [] as string[],
    };
    const takes = (some: Partial<typeof probe>) => this.accepted({ ...probe, ...some }) !== undefined;
    return {
      ...members,
      grant_types: grant_types.filter((grant) => takes({ grant_types: [grant] })),
      response_types: response_types.filter((type) => takes({ response_types: [type] })),
    };
  }
}

/**
 * Rejects an id such as `__proto__`. The provider keeps a person's consents in plain objects, keyed by client id: under the name of a property
 * that every object inherits, all sessions of the process would share them.
 */
function requireOwnKey(clientId: string): void {
  if (clientId in {}) throw new Error('its client_id is the name of a property that every object has');
}
