import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Jwk } from '../clients/metadata/values/key-kinds.js';
import type { ShownClient } from '../clients/store/client-answer.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { expressed, inlineKeysOf, type ExpressedClient } from './expressed-client.js';
import type { ProviderClient, ProviderInstance } from './provider-types.js';
import type { RegistryServices } from './registry-services.js';

/** Most clients whose form for the provider is kept; each is made anew when its document has changed. */
const MOST = 1000;
/** A scope that is no scope: the provider takes none for any. */
const NO_SCOPE = ' ';

/** The registry's view of the provider's clients. */
const views = new WeakMap<object, ShownClient>();

/**
 * The client as the registry shows it, of a client of the provider: with its `audience`, `metadata`, `skip_consent` and all else that the
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
  /** `undefined` when the provider does not take it. */
  client: ProviderClient | undefined;
}

/** The clients of the registry, made into clients of the provider: read live, whenever one is asked for. */
export class RegisteredClients {
  private readonly logger = new Logger('OidcProvider');
  private readonly made = new LRUCache<string, Made>({ max: MOST });

  /**
   * @param provider whose clients they become
   * @param fetchesKeys whether the provider needs the keys behind a `jwks_uri`: authentication does not
   */
  constructor(
    private readonly provider: ProviderInstance,
    private readonly services: Pick<RegistryServices, 'clients' | 'keySets'>,
    private readonly fetchesKeys: boolean,
  ) {}

  /**
   * The client with an id, as it is now.
   *
   * @returns `undefined` when there is none, when it is suspended, and when the provider does not take it
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
   * A client that was read already.
   *
   * @param document the client as the admin API shows it, as JSON text
   */
  async from(id: string, document: string): Promise<ProviderClient | undefined> {
    const known = this.made.get(id);
    if (known?.document === document && !this.fetchesKeys) return known.client;
    const shown = JSON.parse(document) as ShownClient;
    const keys = await this.keysOf(shown);
    // The keys behind a URL are the same list until they are fetched anew.
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

  /** A client with those of its grants and response types that the provider supports. */
  private supported(members: ExpressedClient): ExpressedClient {
    const { client_secret, token_endpoint_auth_method, grant_types, response_types } = members;
    // It has what any method and any kind of subject identifier needs.
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
 * Refuses an id such as `__proto__`. The provider keeps by client, in plain objects, what a person has agreed to: what every object has, all
 * sessions of the process would share.
 */
function requireOwnKey(clientId: string): void {
  if (clientId in {}) throw new Error('its client_id is the name of a property that every object has');
}
