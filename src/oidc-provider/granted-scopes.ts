import type { ProviderInstance, ProviderRequest } from './provider-types.js';
import { registeredClient } from './registered-clients.js';

/** What tokens are issued for: models of the provider that hold the scopes that a person has agreed to. */
const GRANTING = ['AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest'] as const;

/**
 * Leaves those scopes out of what tokens are issued for that the client has lost since a person agreed to them: a client gets no more than it
 * has registered, however long its refresh tokens live.
 *
 * @param current the request that is served now
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
