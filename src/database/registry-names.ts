import { getMetadataArgsStorage, type EntityTarget, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { Client } from '../clients/client.entity.js';

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
  requireEntities(dataSource);
  const { driver } = dataSource;
  const { schema, tableNameWithoutPrefix } = dataSource.getMetadata(Client);
  const plain = getMetadataArgsStorage().tables.find(({ target }) => target === Client)?.name ?? '';
  const prefix = tableNameWithoutPrefix.slice(0, -plain.length);
  return {
    schema,
    table: (entity) => dataSource.getMetadata(entity).tablePath.split('.').map(escape).join('.'),
    part: (name) => escape(prefix + name),
  };

  function escape(name: string): string {
    return driver.escape(name);
  }
}

/** @throws Error that says which line to add, when the DataSource does not know the entities */
export function requireEntities(dataSource: QueryRunner['dataSource']): void {
  if (dataSource.hasMetadata(Client)) return;
  throw new Error(
    'The DataSource does not know the entities of the client registry: add ...clientRegistryEntities to its `entities`.',
  );
}
