import type { INestApplication } from '@nestjs/common';
import { ProviderStore, registeredClient, registryProvider } from 'oauth2-client-registry/oidc-provider';
import { Provider, type Configuration } from 'oidc-provider';

/** What a host writes whose compiler is as strict as it can be: it is compiled, and not run. */
export function providersOf(registry: INestApplication): Provider[] {
  const issuer = 'https://login.example.com';
  const configuration: Configuration = {
    adapter: registry.get(ProviderStore).adapter,
    features: { clientCredentials: { enabled: true }, mTLS: { enabled: true } },
  };
  const inline = registryProvider({
    Provider,
    issuer,
    registry,
    configuration: { rotateRefreshToken: ({ oidc }) => registeredClient(oidc.client ?? {})?.skip_consent === true },
  });
  // @ts-expect-error scoops is not an option of the provider
  const misspelt = registryProvider({ Provider, issuer, registry, configuration: { scoops: ['openid'] } });
  return [registryProvider({ Provider, issuer, registry, configuration }), inline, misspelt];
}
