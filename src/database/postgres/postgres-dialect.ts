import type { Dialect } from '../sql/dialect.js';
import { beginMigrations } from './begin-migrations.js';
import { connectionOptions } from './connection-options.js';
import { isTrouble } from './postgres-errors.js';

/** PostgreSQL. */
export const POSTGRES: Dialect = {
  type: 'postgres',
  connectionOf: (url, limits) => (/^postgres(ql)?:/.test(url) ? connectionOptions(url, limits) : undefined),
  parameter: (position) => `$${position}`,
  rowsOf: (json) => `jsonb_array_elements(${json}::jsonb) AS item(value)`,
  textsOf: (json, name) => `SELECT jsonb_array_elements_text(${json}::jsonb) AS ${name}`,
  anyOf: (placeholder) => `ANY(${placeholder})`,
  bytewise: ' COLLATE "C"',
  writesAtOnce: true,
  plansByItself: true,
  isTrouble,
  hidesRollback: true,
  beginMigrations,
};
