import Libsql from 'libsql';
import pg from 'pg';

/** `time` is the text of a time in whole seconds since the epoch. */
const DIALECTS = {
  postgres: {
    series: (n) => `generate_series(0, ${n - 1}) AS series(i)`,
    hex: (x) => `lpad(to_hex(${x}), 8, '0')`,
    time: (seconds) => `to_char(to_timestamp(${seconds}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  },
  sqlite: {
    series: (n) =>
      `(WITH RECURSIVE series(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM series WHERE i < ${n - 1}) SELECT i FROM series) AS series`,
    hex: (x) => `printf('%08x', ${x})`,
    time: (seconds) => `strftime('%Y-%m-%dT%H:%M:%S.000Z', ${seconds}, 'unixepoch')`,
  },
};

async function fillPostgres(url, statements) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const named = `SELECT conname AS name, conrelid::regclass AS table, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid::regclass::text LIKE 'oauth2_client%' AND contype IN ('p', 'f')`;
  const { rows: constraints } = await client.query(`${named} ORDER BY contype DESC`);
  const { rows: indexes } = await client.query(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE tablename LIKE 'oauth2_client%' AND indexname NOT LIKE '%pkey'`,
  );
  const keys = constraints.filter(({ table }) => !table.includes('migrations'));
  // Foreign keys are dropped before the primary keys that they reference, and added again after them.
  for (const { name, table } of keys.toSorted((a) => (a.name.endsWith('fkey') ? -1 : 1)))
    await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const { name } of indexes.filter(({ name: index }) => !index.includes('migrations')))
    await client.query(`DROP INDEX IF EXISTS ${name}`);
  for (const statement of statements) await client.query(statement);
  for (const { name, table, definition } of keys)
    await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  for (const { definition } of indexes) await client.query(definition.replace('INDEX', 'INDEX IF NOT EXISTS'));
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
  await client.end();
}

function fillSqlite(url, statements) {
  const database = new Libsql(url.slice('sqlite:'.length));
  // The sealer of a service may be writing.
  database.pragma('busy_timeout = 5000');
  database.pragma('synchronous = OFF');
  database.pragma('foreign_keys = OFF');
  database.pragma('cache_size = -1000000');
  const indexes = database
    .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`)
    .all();
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
  database.exec('BEGIN');
  for (const statement of statements) database.exec(statement);
  for (const { sql } of indexes) database.exec(sql);
  database.exec('COMMIT');
  // Write everything to the disk now, so that no measured write has to.
  database.pragma('synchronous = FULL');
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/**
 * Fills the tables of a database with rows like those that the service would have written.
 *
 * @param statementsOf makes the statements, given what the dialects differ in
 */
export async function fill(url, statementsOf) {
  if (url.startsWith('sqlite:')) fillSqlite(url, statementsOf(DIALECTS.sqlite));
  else await fillPostgres(url, statementsOf(DIALECTS.postgres));
}
