import {
  schemaWith,
  type ClientRegistrySchema,
  type ClientRegistrySchemaOptions,
} from '../../database/sql/schema-with.js';
import { OidcProviderCreateArtifacts1764900000000 } from './create-provider-artifacts.migration.js';
import { ProviderArtifact } from './provider-artifact.entity.js';

/** The entities of the store, for `entities` of the DataSource that has the registry's. */
export const providerStoreEntities = [ProviderArtifact];

/** The migrations of the store, for `migrations` of the DataSource that has the registry's, which do not include them. */
export const providerStoreMigrations = [OidcProviderCreateArtifacts1764900000000];

/**
 * Returns {@link providerStoreEntities} and {@link providerStoreMigrations} with other table names, as `clientRegistrySchema` does for the
 * registry's.
 *
 * @param options names of the tables
 * @throws Error for a prefix or a schema that does not consist of at most 30 letters, digits or `_`
 */
export function providerStoreSchema(options: ClientRegistrySchemaOptions): ClientRegistrySchema {
  return schemaWith('providerStoreSchema', providerStoreEntities, providerStoreMigrations, options);
}
