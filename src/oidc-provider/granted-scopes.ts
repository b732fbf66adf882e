import type { ProviderInstance, ProviderRequest } from './provider-types.js';
import { registeredClient } from './registered-clients.js';

/** Models of the provider from which tokens are issued: they hold the scopes that a person has agreed to. */
const GRANTING = ['AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest'] as const;

/**
 * Drops scopes that the client has lost since a person agreed to them: a client gets no more than it has registered, however long its refresh
 * tokens live.
 *
 * @param current returns the request that is being served
 */
export function grantOnlyRegisteredScopes(
  provider: ProviderInstance,
  current: () => ProviderRequest | undefined,
): void {
  const property = {
    configurable: true,
    get(this: { scope?: string }): Set<string> {
      const agreed = this.scope?.split(' ') ?? [];
      const client = registeredClient(current()?.oidc.entities.Client ?? {});
      const registered = client?.scope.split(' ');
      return new Set(registered ? agreed.filter((scope) => registered.includes(scope)) : agreed);
    },
  };
  for (const model of GRANTING) Object.defineProperty(provider[model].prototype, 'scopes', property);
}
