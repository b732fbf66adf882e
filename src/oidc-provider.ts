/** Serves the clients of the registry to the certified authorization server oidc-provider, for hosts that use it. */
export { registryProvider, type RegistryProviderOptions } from './oidc-provider/registry-provider.js';
export { registeredClient } from './oidc-provider/registered-clients.js';
export type { RegistrySource } from './oidc-provider/registry-services.js';
export type {
  GrantingClass,
  ProviderClass,
  ProviderClient,
  ProviderClientClass,
  ProviderInstance,
  ProviderRequest,
} from './oidc-provider/provider-types.js';
export { ArtifactAdapter, type ArtifactPayload } from './oidc-provider/store/artifact-adapter.js';
export { ProviderStore } from './oidc-provider/store/provider-store.js';
export { ProviderStoreModule, type ProviderStoreOptions } from './oidc-provider/store/provider-store.module.js';
export {
  providerStoreEntities,
  providerStoreMigrations,
  providerStoreSchema,
} from './oidc-provider/store/provider-store.schema.js';
