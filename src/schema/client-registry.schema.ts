import { EntitySchema, getMetadataArgsStorage, type MigrationInterface } from 'typeorm';
import { assertionEntities } from '../authentication/assertion/used-assertion.entity.js';
import { clientEntities } from '../clients/store/client-entities.js';
import { keyEntities } from '../keys/api-key.entity.js';
import { webhookEntities } from '../webhooks/table/webhook-entities.js';
import { ClientRegistryCreateClients1764000000000 } from './migrations/create-clients.migration.js';
import { ClientRegistryApiKeys1764800000000 } from './migrations/api-keys.migration.js';
import { ClientRegistryBreakingJournal1764700000000 } from './migrations/journal.migration.js';
import { ClientRegistryJournalRetention1764860000000 } from './migrations/journal-retention.migration.js';
import { ClientRegistryBreakingLifeCycle1764820000000 } from './migrations/life-cycle.migration.js';
import { ClientRegistryBreakingTombstones1764840000000 } from './migrations/tombstones.migration.js';
import { ClientRegistryNameSecrets1764500000000 } from './migrations/name-secrets.migration.js';
import { ClientRegistryTermStatistics1764600000000 } from './migrations/term-statistics.migration.js';
import { ClientRegistryWebhooks1764830000000 } from './migrations/webhooks.migration.js';
import { ClientRegistryAssertions1764880000000 } from './migrations/assertions.migration.js';

/** The registry's entities, for the `entities` of a host's DataSource. */
export const clientRegistryEntities = [...clientEntities, ...assertionEntities, ...keyEntities, ...webhookEntities];

/**
 * The migrations that create and change the registry's tables, for the `migrations` of a host's DataSource. Each runs within
 * a transaction. One whose name begins with `ClientRegistryBreaking` lets no older release go on beside it.
 */
export const clientRegistryMigrations = [
  ClientRegistryCreateClients1764000000000,
  ClientRegistryNameSecrets1764500000000,
  ClientRegistryTermStatistics1764600000000,
  ClientRegistryBreakingJournal1764700000000,
  ClientRegistryApiKeys1764800000000,
  ClientRegistryBreakingLifeCycle1764820000000,
  ClientRegistryWebhooks1764830000000,
  ClientRegistryBreakingTombstones1764840000000,
  ClientRegistryJournalRetention1764860000000,
  ClientRegistryAssertions1764880000000,
];

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

/** Entities and migrations of one registry, for the DataSource that contains it. */
export interface ClientRegistrySchema {
  /** For the `entities` of the DataSource, in place of {@link clientRegistryEntities}. */
  entities: EntitySchema[];
  /** For the `migrations` of the DataSource, in place of {@link clientRegistryMigrations}. */
  migrations: (new () => MigrationInterface)[];
}

/**
 * As {@link clientRegistryEntities} and {@link clientRegistryMigrations}, but for tables with other names, so that two
 * registries can share a database. The module takes the names from its DataSource; no further setting is needed.
 *
 * @param options names of the tables
 * @throws Error for a prefix or a schema that does not consist of at most 30 letters, digits or `_`
 */
export function clientRegistrySchema({ tablePrefix = '', schema }: ClientRegistrySchemaOptions): ClientRegistrySchema {
  for (const [option, value] of Object.entries({ tablePrefix, schema: schema ?? '' }))
    if (!NAME.test(value))
      throw new Error(`${option} of clientRegistrySchema must be at most ${NAME_MAX_LENGTH} letters, digits or _.`);
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

/** The entity that the decorators of a class declare, with other names. */
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
