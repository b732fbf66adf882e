import type { ModuleRef } from '@nestjs/core';
import { ClientKeySets } from '../authentication/keys/client-key-sets.js';
import { ClientAuthenticator } from '../authentication/client-authenticator.js';
import { ClientsService } from '../clients/clients.service.js';
import { ClientLifespans } from '../clients/lifespans/client-lifespans.js';

/** Source of the services of a registry: the application that imports `ClientsModule`, or its `ModuleRef`. */
export type RegistrySource = Pick<ModuleRef, 'get'>;

/** Services of the registry that the provider uses. */
export interface RegistryServices {
  clients: ClientsService;
  authenticator: ClientAuthenticator;
  lifespans: ClientLifespans;
  keySets: ClientKeySets;
}

/**
 * Returns the services of a registry.
 *
 * @throws what Nest throws when the application does not import `ClientsModule`
 */
export function servicesOf(registry: RegistrySource): RegistryServices {
  const wherever = { strict: false };
  return {
    clients: registry.get(ClientsService, wherever),
    authenticator: registry.get(ClientAuthenticator, wherever),
    lifespans: registry.get(ClientLifespans, wherever),
    keySets: registry.get(ClientKeySets, wherever),
  };
}
