import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { ProviderStore, registryProvider } from 'oauth2-client-registry/oidc-provider';
import { Provider, type Configuration } from 'oidc-provider';

/**
 * What the server decides itself: all but its clients, and the lifetimes of their tokens.
 *
 * @param store of tokens and sessions
 */
export function configuration(store: ProviderStore): Configuration {
  return {
    adapter: store.adapter,
    scopes: ['openid', 'offline_access', 'read', 'write'],
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      // Anybody may log in as anybody: for development only.
      devInteractions: { enabled: true },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // Made anew at each start, after which people log in again. In production both outlive the process.
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') };
}

/**
 * The authorization server on an application's registry.
 *
 * @param issuer its issuer identifier
 */
export function providerOf(app: INestApplicationContext, issuer: string): Provider {
  const store = app.get(ProviderStore, { strict: false });
  // Clients find here where they register: with the registry, not with the provider.
  const discovery = { registration_endpoint: `${issuer}/oauth2/register` };
  return registryProvider({ Provider, issuer, registry: app, configuration: { ...configuration(store), discovery } });
}
