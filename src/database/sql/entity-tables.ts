import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

/** Quoted name of an entity's table, with its schema. */
export function quotedTable({ driver }: DataSource, { tablePath }: { tablePath: string }): string {
  return tablePath
    .split('.')
    .map((name) => driver.escape(name))
    .join('.');
}

/** @throws Error that says which line to add, when the DataSource does not know one of the registry's entities */
export function requireEntities(dataSource: DataSource, entities: readonly EntityTarget<ObjectLiteral>[]): void {
  if (entities.every((entity) => dataSource.hasMetadata(entity))) return;
  throw new Error(
    'The DataSource does not know the entities of the client registry: add ...clientRegistryEntities to its `entities`.',
  );
}
