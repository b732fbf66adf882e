import {
  schemaWith,
  type ClientRegistrySchema,
  type ClientRegistrySchemaOptions,
} from '../../database/sql/schema-with.js';
import { OidcProviderCreateArtifacts1764900000000 } from './create-provider-artifacts.migration.js';
import { ProviderArtifact } from './provider-artifact.entity.js';

/** The entities of the store, for the `entities` of the DataSource that has the registry's. */
export const providerStoreEntities = [ProviderArtifact];

/** The migrations of the store, for the `migrations` of the DataSource that has the registry's; they are no part of those. */
export const providerStoreMigrations = [OidcProviderCreateArtifacts1764900000000];

/**
 * As {@link providerStoreEntities} and {@link providerStoreMigrations}, but for tables with other names, as `clientRegistrySchema` does it for
 * the registry's.
 *
 * @param options names of the tables
 * @throws Error for a prefix or a schema that does not consist of at most 30 letters, digits or `_`
 */
export function providerStoreSchema(options: ClientRegistrySchemaOptions): ClientRegistrySchema {
  return schemaWith('providerStoreSchema', providerStoreEntities, providerStoreMigrations, options);
}
