import { ClientTerm } from '../clients/client-term.entity.js';
import { Client } from '../clients/client.entity.js';
import { ClientSecret } from '../secrets/client-secret.entity.js';
import { ClientRegistryCreateClients1764000000000 } from './migrations/create-clients.migration.js';
import { ClientRegistryNameSecrets1764500000000 } from './migrations/name-secrets.migration.js';

/** What the registry's DataSource must know: for the `entities` of a host's DataSource. */
export const clientRegistryEntities = [Client, ClientTerm, ClientSecret];

/** What makes and changes the registry's tables: for the `migrations` of a host's DataSource. */
export const clientRegistryMigrations = [
  ClientRegistryCreateClients1764000000000,
  ClientRegistryNameSecrets1764500000000,
];
