import { parsedUrl } from '../fields/web-url.js';
import { audienceNotRegistered, scopeNotRegistered } from './access-refusals.js';
import type { ProviderClient, ProviderRequest } from './provider-types.js';
import { registeredClient } from './registered-clients.js';

/** What the provider learns about the server that a token is for (RFC 8707). */
export interface ResourceServer {
  /** Scopes of the server, separated by spaces. */
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
 * Lets clients request tokens for the audiences and with the scopes that they have registered. A host with resource servers of its own defines
 * the scopes of those; a client gets the ones among them that it has registered, too.
 *
 * The provider calls at least one of the two functions for each request for a token or a code, whether it names a resource or not.
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

/** Rejects a request for a scope that its client has not registered (RFC 6749 §3.3). */
function requireScopes({ oidc }: ProviderRequest, client: ProviderClient): void {
  const registered = scopesOf(client);
  for (const scope of oidc.requestParamScopes) if (!registered.has(scope)) throw scopeNotRegistered(scope);
}

function scopesOf(client: ProviderClient): Set<string> {
  return new Set(registeredClient(client)?.scope.split(' '));
}

/** Describes an audience that a client has registered as a resource server, which has all scopes of the client. */
function audienceOf(_: ProviderRequest, resource: string, client: ProviderClient): ResourceServer {
  const registered = registeredClient(client);
  if (!registered?.audience.includes(resource)) throw audienceNotRegistered();
  const accessTokenFormat = registered.access_token_strategy || 'opaque';
  return { scope: registered.scope, audience: resource, accessTokenFormat };
}

/** Returns the audience of a token when the request names none: the client's only one. */
function onlyAudienceOf(client: ProviderClient): string | undefined {
  const [audience, ...others] = registeredClient(client)?.audience ?? [];
  // The provider accepts only URIs.
  return audience !== undefined && others.length === 0 && parsedUrl(audience) ? audience : undefined;
}
