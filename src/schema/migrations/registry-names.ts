import { getMetadataArgsStorage, type EntityTarget, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { Client } from '../../clients/store/client.entity.js';
import { quotedTable, requireEntities } from '../../database/sql/entity-tables.js';

/** The names that the registry's tables have in one DataSource. */
export interface RegistryNames {
  /** PostgreSQL: the schema of the tables; `undefined` for the connection's own. */
  schema?: string;
  /** Returns the name of an entity's table, quoted and with its schema. */
  table: (entity: EntityTarget<ObjectLiteral>) => string;
  /** Returns the name of an index or a constraint with the prefix of the tables, quoted. */
  part: (name: string) => string;
}

/**
 * Returns the names of the registry's tables in the DataSource that runs a migration.
 *
 * @param one one of the entities with these names. Default: the entity of clients
 * @param list name of the exported list of these entities, for the error. Default: the list of the registry's entities
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
