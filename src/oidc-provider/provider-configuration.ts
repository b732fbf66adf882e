import type { TLSSocket } from 'node:tls';
import { AUTH_METHODS } from '../clients/metadata/client-metadata.js';
import type { ClientLifespans } from '../clients/lifespans/client-lifespans.js';
import { lifetimes } from './lifetimes.js';
import type { ProviderClient, ProviderRequest } from './provider-types.js';
import { ofLivingClients, type IntrospectionPolicy } from './introspection-policy.js';
import { registeredAudiences, type ResourceIndicators } from './requested-access.js';
import { registeredClient } from './registered-clients.js';
import { withoutSymmetric, type Algorithms } from './symmetric-algorithms.js';

/** A feature of the provider. */
interface Feature {
  enabled?: boolean;
  [member: string]: unknown;
}

/** The feature `mTLS`. */
interface MutualTls extends Feature {
  getCertificate?: (request: ProviderRequest) => { toString(): string } | undefined;
}

/** The feature `introspection`. */
interface Introspection extends Feature {
  allowedPolicy?: IntrospectionPolicy;
}

/** The features that the registry adjusts. */
type Features = Record<string, Feature | undefined> & {
  introspection?: Introspection;
  mTLS?: MutualTls;
  resourceIndicators?: ResourceIndicators;
};

/** The parts of the provider's configuration that the registry adjusts or checks. */
export interface ProviderConfiguration {
  clients?: readonly unknown[];
  clientAuthMethods?: Iterable<string>;
  clientBasedCORS?: (request: ProviderRequest, origin: string, client: ProviderClient) => boolean;
  enabledJWA?: Algorithms;
  ttl?: object;
  features?: Features;
  [member: string]: unknown;
}

/** Authentication methods that use a certificate. */
const CERTIFIED = new Set<string>(['tls_client_auth', 'self_signed_tls_client_auth']);

/**
 * Returns the configuration of a provider whose clients are those of the registry.
 *
 * @param own as the host configured it
 * @param isProven whether the registry has authenticated the client of a request
 * @throws TypeError for a part that would add other clients
 */
export function providerConfiguration(
  own: ProviderConfiguration,
  lifespans: ClientLifespans,
  isProven: (request: ProviderRequest) => boolean,
): ProviderConfiguration {
  const { features = {}, clientAuthMethods = AUTH_METHODS } = own;
  if (own.clients?.length) throw new TypeError('clients must be empty: those of the registry are served.');
  if (features['registration']?.enabled)
    throw new TypeError('features.registration must not be enabled: clients are registered at the registry.');
  const mTLS = { getCertificate: certificateOfConnection, ...features.mTLS };
  const methods = new Set<string>(AUTH_METHODS.filter((method) => mTLS.enabled || !CERTIFIED.has(method)));
  return {
    clientBasedCORS: isRegisteredOrigin,
    ...own,
    clientAuthMethods: [...clientAuthMethods].filter((method) => methods.has(method)),
    enabledJWA: withoutSymmetric(own.enabledJWA),
    ttl: { ...lifetimes(lifespans), ...own.ttl },
    features: {
      ...features,
      introspection: {
        ...features.introspection,
        allowedPolicy: ofLivingClients(features.introspection?.allowedPolicy),
      },
      resourceIndicators: registeredAudiences(features.resourceIndicators),
      mTLS: {
        ...mTLS,
        tlsClientAuth: true,
        selfSignedTlsClientAuth: true,
        certificateAuthorized: isProven,
        certificateSubjectMatches: isProven,
      },
    },
  };
}

/** Returns the certificate of a caller that connected directly to this process, as PEM. */
function certificateOfConnection({ req }: ProviderRequest): string | undefined {
  const { getPeerX509Certificate: read } = req.socket as Partial<TLSSocket>;
  return read?.call(req.socket)?.toString();
}

/** Whether pages of an origin may send requests for a client. In a registered origin, the first label of the host may be a wildcard. */
function isRegisteredOrigin(_: ProviderRequest, origin: string, client: ProviderClient): boolean {
  const registered = registeredClient(client)?.allowed_cors_origins ?? [];
  const wildcard = origin.replace(/^(https?:\/\/)[^.:/]+/i, '$1*');
  return registered.some((own) => [origin, wildcard].includes(own.toLowerCase()));
}
