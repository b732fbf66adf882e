import { assertionEntities } from '../authentication/assertion/used-assertion.entity.js';
import { clientEntities } from '../clients/store/client-entities.js';
import { keyEntities } from '../keys/api-key.entity.js';
import { registrationTokenEntities } from '../registration/tokens/initial-access-token.entity.js';
import { sharedClientEntities } from '../registration/reuse/shared-client.entity.js';
import { webhookEntities } from '../webhooks/table/webhook-entities.js';
import { ClientRegistryCreateClients1764000000000 } from './migrations/create-clients.migration.js';
import { ClientRegistryExpiryNotices1764950000000 } from './migrations/webhooks/expiry-notices.migration.js';
import { ClientRegistryApiKeys1764800000000 } from './migrations/api-keys.migration.js';
import { ClientRegistryBreakingJournal1764700000000 } from './migrations/journal.migration.js';
import { ClientRegistryJournalRetention1764860000000 } from './migrations/journal-retention.migration.js';
import { ClientRegistryBreakingLifeCycle1764820000000 } from './migrations/life-cycle.migration.js';
import { ClientRegistryBreakingTombstones1764840000000 } from './migrations/tombstones.migration.js';
import { ClientRegistryNameSecrets1764500000000 } from './migrations/name-secrets.migration.js';
import { ClientRegistryBreakingOrigins1764910000000 } from './registration/origins.migration.js';
import { ClientRegistryFirstReport1764970000000 } from './registration/first-report.migration.js';
import { ClientRegistrySharedClients1764980000000 } from './registration/shared-clients.migration.js';
import { ClientRegistrySecretEnds1764900000000 } from './migrations/secret-ends.migration.js';
import { ClientRegistryTermStatistics1764600000000 } from './migrations/term-statistics.migration.js';
import { ClientRegistryWebhooks1764830000000 } from './migrations/webhooks/webhooks.migration.js';
import { ClientRegistryAssertions1764880000000 } from './migrations/assertions.migration.js';
import { ClientRegistryBreakingUses1764890000000 } from './migrations/uses.migration.js';
import { ClientRegistryInitialAccessTokens1764940000000 } from './migrations/initial-access-tokens.migration.js';
import {
  schemaWith,
  type ClientRegistrySchema,
  type ClientRegistrySchemaOptions,
} from '../database/sql/schema-with.js';

export type { ClientRegistrySchema, ClientRegistrySchemaOptions } from '../database/sql/schema-with.js';

/** The registry's entities, for the `entities` of a host's DataSource. */
export const clientRegistryEntities = [
  ...clientEntities,
  ...assertionEntities,
  ...keyEntities,
  ...registrationTokenEntities,
  ...sharedClientEntities,
  ...webhookEntities,
];

/**
 * The migrations that create and change the registry's tables, for the `migrations` of a host's DataSource. Each runs within a
 * transaction. After a migration whose name begins with `ClientRegistryBreaking`, no older release must run.
 */
export const clientRegistryMigrations = [
  ClientRegistryCreateClients1764000000000,
  ClientRegistryNameSecrets1764500000000,
  ClientRegistryTermStatistics1764600000000,
  ClientRegistryBreakingJournal1764700000000,
  ClientRegistryApiKeys1764800000000,
  ClientRegistryBreakingLifeCycle1764820000000,
  ClientRegistryWebhooks1764830000000,
  ClientRegistryBreakingTombstones1764840000000,
  ClientRegistryJournalRetention1764860000000,
  ClientRegistryAssertions1764880000000,
  ClientRegistryBreakingUses1764890000000,
  ClientRegistrySecretEnds1764900000000,
  ClientRegistryBreakingOrigins1764910000000,
  ClientRegistryInitialAccessTokens1764940000000,
  ClientRegistryExpiryNotices1764950000000,
  ClientRegistryFirstReport1764970000000,
  ClientRegistrySharedClients1764980000000,
];

/**
 * Returns {@link clientRegistryEntities} and {@link clientRegistryMigrations} for tables with other names, so that two
 * registries can share a database. The module reads the names from its DataSource; no further setting is needed.
 *
 * @param options names of the tables
 * @throws Error for a prefix or a schema that does not consist of at most 30 letters, digits or `_`
 */
export function clientRegistrySchema(options: ClientRegistrySchemaOptions): ClientRegistrySchema {
  return schemaWith('clientRegistrySchema', clientRegistryEntities, clientRegistryMigrations, options);
}
