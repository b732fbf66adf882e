import { EntitySchema, getMetadataArgsStorage, type MigrationInterface } from 'typeorm';

/** Longest prefix or schema, in characters. */
const NAME_MAX_LENGTH = 30;
const NAME = new RegExp(`^\\w{0,${NAME_MAX_LENGTH}}$`);

/** Names of the registry's tables. */
export interface ClientRegistrySchemaOptions {
  /** Prefix of the names of tables, indexes, constraints and migrations, such as `partners_`. Default none. */
  tablePrefix?: string;
  /** PostgreSQL: the schema of the tables, which is created if it is missing. Default: the connection's own. */
  schema?: string;
}

/** Entities and migrations of one registry, for the DataSource that holds its tables. */
export interface ClientRegistrySchema {
  /** For the `entities` of the DataSource, in place of the entities with the plain names. */
  entities: EntitySchema[];
  /** For the `migrations` of the DataSource, in place of the migrations with the plain names. */
  migrations: (new () => MigrationInterface)[];
}

/**
 * Returns entities and migrations for tables with other names.
 *
 * @param by name of the public function, for errors
 * @throws Error for a prefix or a schema that does not consist of at most 30 letters, digits or `_`
 */
export function schemaWith(
  by: string,
  entities: readonly (new () => object)[],
  migrations: readonly (new () => MigrationInterface)[],
  { tablePrefix = '', schema }: ClientRegistrySchemaOptions,
): ClientRegistrySchema {
  for (const [option, value] of Object.entries({ tablePrefix, schema: schema ?? '' }))
    if (!NAME.test(value))
      throw new Error(`${option} of ${by} must be at most ${NAME_MAX_LENGTH} letters, digits or _.`);
  const names = [schema && `${schema}_`, tablePrefix].filter(Boolean).join('');
  return {
    entities: entities.map((entity) => renamed(entity, tablePrefix, schema)),
    migrations: migrations.map((Migration) => {
      class Named extends Migration {
        override readonly name: string = names + new Migration().name;
      }
      return Named;
    }),
  };
}

/** Returns the entity that the decorators of a class declare, with other names. */
function renamed(target: new () => object, prefix: string, schema?: string): EntitySchema {
  const args = getMetadataArgsStorage();
  const own = <T extends { target: unknown }>(all: readonly T[]): T[] => all.filter((one) => one.target === target);
  const prefixed = (name?: string) => name && prefix + name;
  const [table] = own(args.tables);
  const generated = own(args.generations).map(({ propertyName }) => propertyName);
  const columns = own(args.columns).map(({ propertyName, options }) => [
    propertyName,
    {
      ...options,
      generated: generated.includes(propertyName) && 'increment',
      primaryKeyConstraintName: prefixed(options.primaryKeyConstraintName),
    },
  ]);
  return new EntitySchema({
    name: target.name,
    target,
    tableName: prefix + table?.name,
    schema,
    synchronize: table?.synchronize,
    columns: Object.fromEntries(columns),
    indices: own(args.indices).map(({ name, columns: of, unique = false, where }) => ({
      name: prefixed(name),
      columns: of as string[],
      unique,
      where,
    })),
  });
}
