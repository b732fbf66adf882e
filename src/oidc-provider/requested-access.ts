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
 * Checks that a client asks for no scope beyond those that it has registered.
 *
 * @param asked scopes; `undefined` for none
 * @throws ProviderRefusal 400 `invalid_scope` that names the first one
 */
export function requireScopes(client: ProviderClient, asked: Iterable<string> = []): void {
  const registered = scopesOf(client);
  for (const scope of asked) if (!registered.has(scope)) throw scopeNotRegistered(scope);
}

/**
 * Lets clients ask for tokens for the audiences that they have registered, with the scopes that they have. A host that has resource servers of its
 * own says which scopes they have; a client gets those of them that it has registered, too.
 *
 * @param own the feature as the host configured it
 */
export function registeredAudiences(own: ResourceIndicators = {}): ResourceIndicators {
  const { getResourceServerInfo: ask = audienceOf } = own;
  return {
    defaultResource: (_, client, oneOf) => oneOf ?? onlyAudienceOf(client),
    ...own,
    getResourceServerInfo: async (request, resource, client) => {
      const server = await ask(request, resource, client);
      const its = server.scope.split(' ');
      requireScopes(
        client,
        its.filter((scope) => request.oidc.requestParamScopes.has(scope)),
      );
      const registered = scopesOf(client);
      return { ...server, scope: its.filter((scope) => registered.has(scope)).join(' ') };
    },
  };
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
