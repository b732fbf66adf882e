import { EntitySchema, getMetadataArgsStorage, type MigrationInterface } from 'typeorm';
import { clientEntities } from '../clients/store/client-entities.js';
import { ClientRegistryCreateClients1764000000000 } from './migrations/create-clients.migration.js';
import { ClientRegistryNameSecrets1764500000000 } from './migrations/name-secrets.migration.js';

/** What the registry's DataSource must know: for the `entities` of a host's DataSource. */
export const clientRegistryEntities = [...clientEntities];

/** What makes and changes the registry's tables: for the `migrations` of a host's DataSource. */
export const clientRegistryMigrations = [
  ClientRegistryCreateClients1764000000000,
  ClientRegistryNameSecrets1764500000000,
];

/** How the registry's tables are called. */
export interface ClientRegistrySchemaOptions {
  /** What the names of tables, indexes, constraints and migrations begin with, such as `partners_`. Default nothing. */
  tablePrefix?: string;
  /** PostgreSQL: the schema that the tables are in; it is made when it is missing. Default the connection's own. */
  schema?: string;
}

/** Entities and migrations of one registry, for the DataSource that it lives in. */
export interface ClientRegistrySchema {
  /** For the `entities` of the DataSource, in place of {@link clientRegistryEntities}. */
  entities: EntitySchema[];
  /** For the `migrations` of the DataSource, in place of {@link clientRegistryMigrations}. */
  migrations: (new () => MigrationInterface)[];
}

/**
 * As {@link clientRegistryEntities} and {@link clientRegistryMigrations}, for tables under names of your own, so that two
 * registries can share a database. The module takes the names from its DataSource; nothing else needs to be told.
 *
 * @param options how the tables are called
 * @throws Error for a prefix or a schema that is no plain name
 */
export function clientRegistrySchema({ tablePrefix = '', schema }: ClientRegistrySchemaOptions): ClientRegistrySchema {
  for (const [option, value] of Object.entries({ tablePrefix, schema: schema ?? '' }))
    if (!/^\w{0,30}$/.test(value))
      throw new Error(`${option} of clientRegistrySchema must be at most 30 letters, digits or _.`);
  const names = [schema && `${schema}_`, tablePrefix].filter(Boolean).join('');
  return {
    entities: clientRegistryEntities.map((entity) => renamed(entity, tablePrefix, schema)),
    migrations: clientRegistryMigrations.map((Migration) => {
      class Named extends Migration {
        override readonly name: string = names + new Migration().name;
      }
      return Named;
    }),
  };
}

/** The entity as its decorators declare it, under other names. */
function renamed(target: new () => object, prefix: string, schema?: string): EntitySchema {
  const args = getMetadataArgsStorage();
  const own = <T extends { target: unknown }>(all: readonly T[]): T[] => all.filter((one) => one.target === target);
  const prefixed = (name?: string) => name && prefix + name;
  const columns = own(args.columns).map(({ propertyName, options }) => [
    propertyName,
    { ...options, primaryKeyConstraintName: prefixed(options.primaryKeyConstraintName) },
  ]);
  const relations = own(args.relations).map(({ propertyName, relationType, type, options }) => {
    const join = own(args.joinColumns).find((column) => column.propertyName === propertyName);
    const joinColumn = { ...join, foreignKeyConstraintName: prefixed(join?.foreignKeyConstraintName) };
    return [propertyName, { ...options, type: relationType, target: type, joinColumn }];
  });
  return new EntitySchema({
    name: target.name,
    target,
    tableName: prefix + own(args.tables)[0]?.name,
    schema,
    columns: Object.fromEntries(columns),
    relations: Object.fromEntries(relations),
    indices: own(args.indices).map(({ name, columns: of }) => ({ name: prefixed(name), columns: of as string[] })),
  });
}
