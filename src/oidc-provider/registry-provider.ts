import { ClientCredentials, type Verdicts } from './client-credentials.js';
import { grantOnlyRegisteredScopes } from './granted-scopes.js';
import { providerConfiguration, type ProviderConfiguration } from './provider-configuration.js';
import type { ProviderClass, ProviderInstance, ProviderRequest } from './provider-types.js';
import { RegisteredClients } from './registered-clients.js';
import { servicesOf, type RegistrySource } from './registry-services.js';

/**
 * Options of {@link registryProvider}.
 *
 * @typeParam P instances of `Provider`
 * @typeParam C its configuration
 */
export interface RegistryProviderOptions<P extends ProviderInstance, C> {
  /** The class `Provider` of oidc-provider 9: `import { Provider } from 'oidc-provider'`. */
  Provider: ProviderClass<P, C>;
  /** Issuer identifier of the provider (RFC 8414 §2). Clients with `private_key_jwt` need it among `authentication.assertions.issuers`. */
  issuer: string;
  /** The application that imports `ClientsModule`, or its `ModuleRef`. */
  registry: RegistrySource;
  /** The provider's own configuration, including `adapter`, which stores everything but clients. Default empty. */
  configuration?: NoInfer<C>;
}

/**
 * Makes a provider (oidc-provider 9) whose clients are those of the registry.
 *
 * - The provider reads a client whenever it needs one: a change, a suspension or a removal takes effect with the next request.
 * - The registry authenticates clients, by each of its methods. The provider never sees the credentials.
 * - Clients get tokens with the scopes, audiences and lifespans that they have registered; `ttl` of the configuration takes precedence over the
 *   lifespans.
 * - Symmetric algorithms are off, whatever the configuration says: they would need a secret that can be read.
 * - For `tls_client_auth` and `self_signed_tls_client_auth`, enable `features.mTLS`; behind a proxy, also give its `getCertificate`.
 *
 * @param options the class of the provider, its issuer and configuration, and the registry
 * @returns the provider, as `new Provider(issuer, configuration)` makes it
 * @throws TypeError for a configuration with clients or a registration endpoint of its own, and what the provider throws for an invalid one
 */
export function registryProvider<P extends ProviderInstance, C>({
  Provider,
  issuer,
  registry,
  configuration,
}: RegistryProviderOptions<P, C>): P {
  const services = servicesOf(registry);
  const verdicts: Verdicts = new WeakMap();
  const own = (configuration ?? {}) as ProviderConfiguration;
  const merged = providerConfiguration(own, services.lifespans, (request) => verdicts.has(request));
  const provider = new Provider(issuer, merged as C);
  const { requestObjects, encryption, mTLS } = merged.features ?? {};
  const clients = new RegisteredClients(provider, services, Boolean(requestObjects?.enabled || encryption?.enabled));
  const certificateOf = (request: ProviderRequest) =>
    mTLS?.enabled ? mTLS.getCertificate?.(request)?.toString() : undefined;
  const credentials = new ClientCredentials({
    authenticator: services.authenticator,
    clients,
    verdicts,
    issuer,
    certificateOf,
  });
  const current = () => Provider.ctx;
  credentials.replaceThoseOf(provider, current);
  grantOnlyRegisteredScopes(provider, current);
  provider.use(async (request, next) => {
    await next();
    // RFC 9110 §15.6.4, with the same value as the registry's own answers.
    if (request.status === 503) request.set({ 'Retry-After': '1' });
  });
  return provider;
}
