import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

/** Returns the quoted name of an entity's table, with its schema. */
export function quotedTable({ driver }: DataSource, { tablePath }: { tablePath: string }): string {
  return tablePath
    .split('.')
    .map((name) => driver.escape(name))
    .join('.');
}

/**
 * Checks that the DataSource knows the entities.
 *
 * @param list name of the exported list of these entities, for the error. Default: the list of the registry's entities
 * @throws Error that says which line to add when the DataSource does not know one of the entities
 */
export function requireEntities(
  dataSource: DataSource,
  entities: readonly EntityTarget<ObjectLiteral>[],
  list = 'clientRegistryEntities',
): void {
  if (entities.every((entity) => dataSource.hasMetadata(entity))) return;
  throw new Error(
    `The DataSource does not know the entities of the client registry: add ...${list} to its \`entities\`.`,
  );
}
