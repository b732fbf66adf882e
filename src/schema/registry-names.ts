import { getMetadataArgsStorage, type EntityTarget, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { Client } from '../clients/store/client.entity.js';
import { quotedTable, requireEntities } from '../database/entity-tables.js';

/** A name of the registry's tables, with the schema and the prefix that they have in one DataSource. */
export interface RegistryNames {
  /** PostgreSQL: the schema of the tables where it is not the connection's own. */
  schema?: string;
  /** A table, quoted and with its schema. */
  table: (entity: EntityTarget<ObjectLiteral>) => string;
  /** An index or a constraint, quoted: `name` behind the prefix of the tables. */
  part: (name: string) => string;
}

/**
 * What the registry's tables are called where a migration runs.
 *
 * @throws Error that says which line to add, when the DataSource does not know the entities
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
