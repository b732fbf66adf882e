import { pairsOf, type Dialect } from '../sql/dialect.js';
import { beginMigrations } from './begin-migrations.js';
import { connectionOptions } from './url/connection-options.js';
import { isTrouble } from './postgres-errors.js';
import { placeOfPostgres } from './url/url-place.js';

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

/** PostgreSQL. */
export const POSTGRES: Dialect = {
  type: 'postgres',
  connectionOf: (url, limits) => (isPostgres(url) ? connectionOptions(url, limits) : undefined),
  placeOf: (url) => (isPostgres(url) ? placeOfPostgres(url) : undefined),
  backUp: (url) => (isPostgres(url) ? false : undefined),
  parameter: (position) => `$${position}`,
  rowsOf: (json) => `jsonb_array_elements(${json}::jsonb) AS item(value)`,
  objectsOf: (members) => `coalesce(json_agg(json_build_object(${pairsOf(members)}))::text, '[]')`,
  linesOf: (value) => `string_agg(${value}, chr(10))`,
  textsOf: (json, name) => `SELECT jsonb_array_elements_text(${json}::jsonb) AS ${name}`,
  isRemote: true,
  skipLocked: (alias) => `FOR NO KEY UPDATE OF ${alias} SKIP LOCKED`,
  lockName: (placeholder) => `pg_advisory_xact_lock(hashtextextended(${placeholder}, 0))`,
  rowsAbout: (table) => `(SELECT reltuples FROM pg_class WHERE oid = '${table.replaceAll("'", "''")}'::regclass)`,
  bytewise: ' COLLATE "C"',
  numberedKey: (column, key) => `${column} bigserial CONSTRAINT ${key} PRIMARY KEY`,
  writesAtOnce: true,
  plansByItself: true,
  isTrouble,
  hidesRollback: true,
  beginMigrations,
};
