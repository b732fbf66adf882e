import { getMetadataArgsStorage, type EntityTarget, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { Client } from '../../clients/store/client.entity.js';
import { quotedTable, requireEntities } from '../../database/sql/entity-tables.js';

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
 * @param one of the entities whose names they are. Default: that of clients
 * @param list of these entities, for the error. Default: that of the registry's
 * @throws Error that says which line to add when the DataSource does not know the entities
 */
export function registryNames(
  { dataSource }: Pick<QueryRunner, 'dataSource'>,
  one: new () => object = Client,
  list?: string,
): RegistryNames {
  requireEntities(dataSource, [one], list);
  const { driver } = dataSource;
  const { schema, tableNameWithoutPrefix } = dataSource.getMetadata(one);
  const plain = getMetadataArgsStorage().tables.find(({ target }) => target === one)?.name ?? '';
  const prefix = tableNameWithoutPrefix.slice(0, -plain.length);
  return {
    schema,
    table: (entity) => quotedTable(dataSource, dataSource.getMetadata(entity)),
    part: (name) => driver.escape(prefix + name),
  };
}
