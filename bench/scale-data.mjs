import Libsql from 'libsql';
import pg from 'pg';

/** Number of clients that the filters of the benchmark match. They are the same in every table. */
export const MARKED = 200;
const EPOCH = '2024-01-01T00:00:00.000Z';
/** All other clients, those that the benchmark creates included, were created and changed between these two times. */
export const BEFORE_ALL = '2023-01-01T00:00:00.000Z';
export const AFTER_ALL = '2100-01-01T00:00:00.000Z';

const DIALECTS = {
  postgres: { series: (n) => `generate_series(0, ${n - 1}) AS series(i)`, hex: (x) => `lpad(to_hex(${x}), 8, '0')` },
  sqlite: {
    series: (n) =>
      `(WITH RECURSIVE series(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM series WHERE i < ${n - 1}) SELECT i FROM series) AS series`,
    hex: (x) => `printf('%08x', ${x})`,
  },
};

/** The id of a client by its number: the same in every table, and not in order of creation. */
export function idOf(number) {
  return `${Number((BigInt(number) * 2654435761n) & 0xffffffffn)
    .toString(16)
    .padStart(8, '0')}${number.toString(16).padStart(8, '0')}`;
}

/** Statements that fill the tables with `count` clients; `template` is the text of a stored document. */
function fillStatements(dialect, count, template) {
  const { series, hex } = DIALECTS[dialect];
  const id = `${hex('(CAST(i AS bigint) * 2654435761) & 4294967295')} || ${hex('i')}`;
  const marked = `i < ${MARKED}`;
  const name = `CASE WHEN ${marked} THEN 'Marked client ' ELSE 'Client ' END || i`;
  const owner = `CASE WHEN ${marked} THEN 'marked-owner' ELSE 'team-' || (i % 1000) END`;
  const method = `CASE WHEN ${marked} THEN 'tls_client_auth' ELSE 'client_secret_basic' END`;
  // The marked clients are the newest; the same number of others are the oldest.
  const time = `CASE WHEN ${marked} THEN '${AFTER_ALL.replace('2100', '2101')}' WHEN i < ${2 * MARKED} THEN '${BEFORE_ALL.replace('2023', '2022')}' ELSE '${EPOCH}' END`;
  const quoted = template.replaceAll("'", "''");
  const document = `replace(replace('${quoted}', '{id}', ${id}), '{name}', ${name})`;
  const [sequence, text] = [series(count), 'CAST(i AS text)'];
  const term = (kind, value, where = '1 = 1') =>
    `INSERT INTO oauth2_client_term (kind, value, client_id) SELECT '${kind}', ${value}, ${id} FROM ${sequence} WHERE ${where} ORDER BY 2, 3`;
  return [
    `INSERT INTO oauth2_client (id, version, shape, tag, document, name, owner, auth_method, registration_token_digest, created_at, updated_at)
     SELECT ${id}, 1, 1, 'tag', ${document}, ${name}, ${owner}, ${method}, '', ${time}, ${time} FROM ${sequence} ORDER BY 1`,
    `INSERT INTO oauth2_client_secret (id, client_id, client_version, hash, created_at, expires_at) SELECT ${id}, ${id}, 1, '$sha256$AA$AA', '${EPOCH}', 0 FROM ${sequence} ORDER BY 1`,
    term('grant_type', `'authorization_code'`),
    term('grant_type', `'marked'`, marked),
    term('redirect_uri', `'https://app.example.com/' || i`),
    term('redirect_uri', `'https://marked.example.com/'`, marked),
    term('response_type', `'code'`),
    term('response_type', `'marked'`, marked),
    term('scope', `'offline_access'`),
    term('scope', `'openid'`),
    term('scope', `'marked'`, marked),
    term('word', `'client'`),
    term('word', `'marked'`, marked),
    term('word', `'team'`),
    term('word', text),
    term('word', id),
  ];
}

async function fillPostgres(url, count, template) {
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
  for (const statement of fillStatements('postgres', count, template)) await client.query(statement);
  for (const { name, table, definition } of keys)
    await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  for (const { definition } of indexes) await client.query(definition.replace('INDEX', 'INDEX IF NOT EXISTS'));
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
  await client.end();
}

function fillSqlite(url, count, template) {
  const database = new Libsql(url.slice('sqlite:'.length));
  database.pragma('synchronous = OFF');
  database.pragma('foreign_keys = OFF');
  database.pragma('cache_size = -1000000');
  const indexes = database
    .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`)
    .all();
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
  database.exec('BEGIN');
  for (const statement of fillStatements('sqlite', count, template)) database.exec(statement);
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
 * @param count number of clients
 * @param template document of a client, with the placeholders `{id}` and `{name}`
 */
export async function fill(url, count, template) {
  if (url.startsWith('sqlite:')) fillSqlite(url, count, template);
  else await fillPostgres(url, count, template);
}
