import { getMetadataArgsStorage, type EntityTarget, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { Client } from '../clients/store/client.entity.js';
import { quotedTable, requireEntities } from '../database/sql/entity-tables.js';

/** The names that the registry's tables have in one DataSource. */
export interface RegistryNames {
  /** PostgreSQL: the schema of the tables, unless it is the connection's own. */
  schema?: string;
  /** The name of an entity's table, quoted and with its schema. */
  table: (entity: EntityTarget<ObjectLiteral>) => string;
  /** The name of an index or a constraint with the prefix of the tables, quoted. */
  part: (name: string) => string;
}

/**
 * Returns the names of the registry's tables in the DataSource that runs a migration.
 *
 * @throws Error that says which line to add when the DataSource does not know the entities
 */
export function registryNames({ dataSource }: Pick<QueryRunner, 'dataSource'>): RegistryNames {
  requireEntities(dataSource, [Client]);
  const { driver } = dataSource;
  const { schema, tableNameWithoutPrefix } = dataSource.getMetadata(Client);
  const plain = getMetadataArgsStorage().tables.find(({ target }) => target === Client)?.name ?? '';
  const prefix = tableNameWithoutPrefix.slice(0, -plain.length);
  return {
    schema,
    table: (entity) => quotedTable(dataSource, dataSource.getMetadata(entity)),
    part: (name) => driver.escape(prefix + name),
  };
}
