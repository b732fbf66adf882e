import { parsedUrl } from '../fields/web-url.js';
import { audienceNotRegistered, scopeNotRegistered } from './access-refusals.js';
import type { ProviderClient, ProviderRequest } from './provider-types.js';
import { registeredClient } from './registered-clients.js';

/** What the provider is told of the server that a token is for (RFC 8707). */
export interface ResourceServer {
  /** Scopes that the server has, separated by spaces. */
  scope: string;
  [member: string]: unknown;
}

/** The provider's feature `resourceIndicators`. */
export interface ResourceIndicators {
  defaultResource?: (request: ProviderRequest, client: ProviderClient, oneOf?: string[]) => unknown;
  getResourceServerInfo?: (
    request: ProviderRequest,
    resource: string,
    client: ProviderClient,
  ) => ResourceServer | Promise<ResourceServer>;
  [member: string]: unknown;
}

/**
 * Lets clients ask for tokens for the audiences that they have registered, with the scopes that they have registered. A host that has resource
 * servers of its own says which scopes these have; a client gets those of them that it has, too.
 *
 * The provider asks this in each request for a token or a code, whether it names a resource or not.
 *
 * @param own the feature as the host configured it
 */
export function registeredAudiences(own: ResourceIndicators = {}): ResourceIndicators {
  const {
    defaultResource = (_, client, oneOf) => oneOf ?? onlyAudienceOf(client),
    getResourceServerInfo = audienceOf,
  } = own;
  return {
    ...own,
    defaultResource: (request, client, oneOf) => {
      requireScopes(request, client);
      return defaultResource(request, client, oneOf);
    },
    getResourceServerInfo: async (request, resource, client) => {
      requireScopes(request, client);
      const server = await getResourceServerInfo(request, resource, client);
      const registered = scopesOf(client);
      const scopes = server.scope.split(' ').filter((scope) => registered.has(scope));
      return { ...server, scope: scopes.join(' ') };
    },
  };
}

/** Refuses a request for a scope that its client has not registered (RFC 6749 §3.3). */
function requireScopes({ oidc }: ProviderRequest, client: ProviderClient): void {
  const registered = scopesOf(client);
  for (const scope of oidc.requestParamScopes) if (!registered.has(scope)) throw scopeNotRegistered(scope);
}

function scopesOf(client: ProviderClient): Set<string> {
  return new Set(registeredClient(client)?.scope.split(' '));
}

/** An audience that a client has registered, as a resource server: it has all scopes of the client. */
function audienceOf(_: ProviderRequest, resource: string, client: ProviderClient): ResourceServer {
  const registered = registeredClient(client);
  if (!registered?.audience.includes(resource)) throw audienceNotRegistered();
  const accessTokenFormat = registered.access_token_strategy || 'opaque';
  return { scope: registered.scope, audience: resource, accessTokenFormat };
}

/** The audience that a token is for when a client names none. */
function onlyAudienceOf(client: ProviderClient): string | undefined {
  const [audience, ...others] = registeredClient(client)?.audience ?? [];
  // The provider takes URIs only.
  return audience !== undefined && others.length === 0 && parsedUrl(audience) ? audience : undefined;
}
