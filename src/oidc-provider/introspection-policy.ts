import type { ProviderClient, ProviderRequest } from './provider-types.js';
import { registeredClient } from './registered-clients.js';

/** Decides whether a client may introspect a token. */
export type IntrospectionPolicy = (
  request: ProviderRequest,
  client: ProviderClient,
  token: { clientId: string },
) => boolean | Promise<boolean>;

/**
 * Reports a token as inactive once its client is removed or suspended, or the provider rejects that client; for other tokens the host decides.
 *
 * @param own the host's policy. Default: a public client may introspect only its own tokens
 */
export function ofLivingClients(own: IntrospectionPolicy = ownOrConfidential): IntrospectionPolicy {
  return async (request, client, token) => {
    const lives =
      token.clientId === client.clientId || (await request.oidc.provider.Client.find(token.clientId)) !== undefined;
    return lives && own(request, client, token);
  };
}

function ownOrConfidential(_: ProviderRequest, client: ProviderClient, token: { clientId: string }): boolean {
  return token.clientId === client.clientId || registeredClient(client)?.token_endpoint_auth_method !== 'none';
}
