import type { DataSource } from 'typeorm';
import { ForeignKeyMetadata } from 'typeorm/metadata/ForeignKeyMetadata.js';
import { Client, clientRegistryEntities } from '../../src/index.js';
import { ClientUse } from '../../src/clients/uses/client-use.entity.js';
import { ClientTerm } from '../../src/clients/store/client-term.entity.js';
import { SharedClient } from '../../src/registration/reuse/shared-client.entity.js';
import { ClientSecret } from '../../src/secrets/client-secret.entity.js';

/**
 * What TypeORM would change in the registry's tables: nothing, if the migrations make what the entities say. The entities
 * declare no foreign keys, since one entity would have to know the other; here each table has that to its client. The journal has
 * none: it outlives the client.
 */
export async function schemaDifferences(
  dataSource: DataSource,
  entities: readonly (new () => object)[] = clientRegistryEntities,
): Promise<string[]> {
  const client = dataSource.getMetadata(Client);
  for (const metadata of entities.map((entity) => dataSource.getMetadata(entity))) {
    metadata.synchronize = true;
    const columns = metadata.columns.filter(({ propertyName }) => propertyName === 'clientId');
    const generated = metadata.generatedColumns.filter(({ type }) => type === 'bigint');
    // Only a column of this type numbers the rows of SQLite, in 64 bits.
    if (dataSource.options.type === 'better-sqlite3') for (const column of generated) column.type = 'integer';
    if (![ClientTerm, ClientSecret, ClientUse, SharedClient].some((entity) => entity === metadata.target)) continue;
    metadata.foreignKeys = columns.map(
      (column) =>
        new ForeignKeyMetadata({
          entityMetadata: metadata,
          referencedEntityMetadata: client,
          namingStrategy: dataSource.namingStrategy,
          columns: [column],
          referencedColumns: client.primaryColumns,
          onDelete: 'CASCADE',
          name: `${metadata.tableName}_client_id_fkey`,
        }),
    );
  }
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
