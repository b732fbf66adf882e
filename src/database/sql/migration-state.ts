import { OAuthError } from '../../oauth-error/oauth-error.js';
import { quotedTable } from './entity-tables.js';
import type { PreparedDatabase } from './prepared-database.js';

/** The migrations that have run, compared with those that this release needs. Each entry is the name of a migration. */
export interface MigrationState {
  /** Migrations of this release that have not run. */
  missing: string[];
  /** Migrations of a newer release after which this release can still run. */
  newer: string[];
  /** Migrations of a newer release after which no older release must run. */
  breaking: string[];
}

/**
 * The name of a migration of the registry: the schema and the prefix of its tables, `ClientRegistry`, and `Breaking` when no
 * older release must run after it. The name says so because an older release knows nothing else about the migration.
 */
const NAME = /^(?<prefix>.*)ClientRegistry(?<breaking>Breaking)?[A-Z]\w*\d{13}$/;

/**
 * Reads which migrations of the registry have run. Migrations of the host, or of a registry with another prefix, are ignored.
 *
 * @throws OAuthError 503 when the database cannot answer
 */
export async function migrationState(database: PreparedDatabase): Promise<MigrationState> {
  const known = database.dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
  const own = known.filter((name) => NAME.test(name));
  const prefixes = new Set(own.map(prefixOf));
  const done = (await namesOf(database)).filter((name) => NAME.test(name) && prefixes.has(prefixOf(name)));
  const unknown = done.filter((name) => !own.includes(name));
  return {
    missing: own.filter((name) => !done.includes(name)),
    newer: unknown.filter((name) => !isBreaking(name)),
    breaking: unknown.filter(isBreaking),
  };
}

/** @throws Error that says what to run, when migrations of this release have not run */
export function requireNoneMissing({ missing }: MigrationState): void {
  if (missing.length > 0)
    throw new Error(`Migrations are missing (${missing.join(', ')}): run oauth2-client-registry migrate.`);
}

/** @throws Error when a newer release has changed the tables so that this release must not use them */
export function requireNoneBreaking({ breaking }: MigrationState): void {
  if (breaking.length > 0)
    throw new Error(
      `A newer release has changed the tables (${breaking.join(', ')}): run that release instead of this one.`,
    );
}

function prefixOf(name: string): string {
  return NAME.exec(name)?.groups?.['prefix'] ?? '';
}

function isBreaking(name: string): boolean {
  return NAME.exec(name)?.groups?.['breaking'] !== undefined;
}

/** Reads the names in TypeORM's table of migrations; none when the query fails without a 503, such as for a missing table. */
async function namesOf(database: PreparedDatabase): Promise<string[]> {
  const { driver, options } = database.dataSource;
  const schema = 'schema' in options ? options.schema : undefined;
  const tablePath = driver.buildTableName(options.migrationsTableName ?? 'migrations', schema);
  const text = `SELECT name FROM ${quotedTable(database.dataSource, { tablePath })}`;
  const rows = await database.rows<{ name: string }>({ text, values: [] }).catch((error: unknown) => {
    if (error instanceof OAuthError) throw error;
    return [];
  });
  return rows.map(({ name }) => name);
}
