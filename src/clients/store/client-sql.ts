import type { EntityColumn, PreparedDatabase } from '../../database/prepared-database.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { ClientTerm } from './client-term.entity.js';
import { Client } from './client.entity.js';

/** What no change of a client changes. */
const FIXED = new Set<string>(['id', 'tag', 'createdAt', 'registrationTokenDigest'] satisfies (keyof Client)[]);

function namesOf(columns: readonly EntityColumn[]): string {
  return columns.map(({ name }) => name).join(', ');
}

/** The columns of a client that a change writes, in the order of their placeholders. */
export function changingColumns(database: PreparedDatabase): EntityColumn[] {
  return database.columns(Client).filter(({ property }) => !FIXED.has(property));
}

/** Alias of a column of a secret where it stands beside those of its client. */
export function secretAlias(property: string): string {
  return `secret_${property}`;
}

/**
 * Statements on the terms and secrets of the client whose id `owner` gives. Lists arrive as JSON, so that a statement is
 * the same whatever their length. SQLite takes at most 32,000 placeholders, too.
 */
function partsOf(database: PreparedDatabase, owner: string, at: { terms: number; secrets: number; kept: number }) {
  const [term, secret] = [database.table(ClientTerm), database.table(ClientSecret)];
  const each = (position: number) =>
    database.dialect === 'postgres'
      ? `jsonb_array_elements(${database.parameter(position)}::jsonb) AS item(value)`
      : `json_each(${database.parameter(position)}) AS item`;
  const columns = database.columns(ClientSecret);
  const values = columns.map(({ property, type }) => `CAST(item.value ->> '${property}' AS ${type})`).join(', ');
  const expiry = `CAST(item.value ->> 'expiresAt' AS bigint)`;
  // Kind and value as one text: SQLite looks a single value up in a list, and a row by walking through it.
  return {
    terms: `INSERT INTO ${term} (kind, value, client_id) SELECT item.value ->> 0, item.value ->> 1, client.id FROM ${owner}, ${each(at.terms)} WHERE true ON CONFLICT DO NOTHING`,
    staleTerms: `DELETE FROM ${term} WHERE client_id = (SELECT id FROM ${owner}) AND kind || ' ' || value NOT IN (SELECT (item.value ->> 0) || ' ' || (item.value ->> 1) FROM ${each(at.terms)})`,
    secrets: `INSERT INTO ${secret} (${namesOf(columns)}) SELECT ${values} FROM ${owner}, ${each(at.secrets)}`,
    endedSecrets: `DELETE FROM ${secret} WHERE client_id = (SELECT id FROM ${owner}) AND id NOT IN (SELECT item.value ->> 'id' FROM ${each(at.kept)})`,
    expiries: `UPDATE ${secret} AS known SET expires_at = ${expiry} FROM ${owner}, ${each(at.kept)} WHERE known.client_id = client.id AND known.id = item.value ->> 'id' AND known.expires_at <> ${expiry}`,
  };
}

/** The texts of the hot statements on single clients. Tables and columns come from the entities; what differs between dialects is here. */
export function clientStatementTexts(database: PreparedDatabase) {
  const [client, secret] = [database.table(Client), database.table(ClientSecret)];
  const place = (position: number) => database.parameter(position);
  const cast = ({ type }: EntityColumn, position: number) => `CAST(${place(position)} AS ${type})`;
  const all = database.columns(Client);
  const changing = changingColumns(database);
  const shown = database.columns(ClientSecret).filter(({ isHidden }) => !isHidden);
  const insert = `INSERT INTO ${client} (${namesOf(all)}) VALUES (${all.map((column, at) => cast(column, at + 1)).join(', ')}) ON CONFLICT (id) DO NOTHING`;
  const unchanged = (from: number) =>
    `id = ${place(from)} AND version = CAST(${place(from + 1)} AS integer) AND tag = ${place(from + 2)}`;
  const update = `UPDATE ${client} SET ${changing.map((column, at) => `${column.name} = ${cast(column, at + 1)}`).join(', ')} WHERE ${unchanged(changing.length + 1)}`;
  /** PostgreSQL: one round trip, one transaction. The parts see through RETURNING whether the client was written. */
  const atOnce = (first: string, parts: string[]) =>
    `WITH client AS (${first} RETURNING id), ${parts.map((part, at) => `part${at} AS (${part})`).join(', ')} SELECT id FROM client`;
  const created = partsOf(database, 'client', { terms: all.length + 1, secrets: all.length + 2, kept: 0 });
  const behind = changing.length + 4;
  const changed = partsOf(database, 'client', { terms: behind, secrets: behind + 1, kept: behind + 2 });
  /** SQLite: in turn. It has no WITH around changes, and its statements cost no round trip. */
  const inTurn = partsOf(database, `(SELECT ${place(1)} AS id) AS client`, { terms: 2, secrets: 2, kept: 2 });
  return {
    find: `SELECT version, shape, tag, document FROM ${client} WHERE id = ${place(1)}`,
    load: `SELECT ${all
      .filter(({ isHidden }) => !isHidden)
      .map(({ name, property }) => `client.${name} AS "${property}"`)
      .join(', ')}, ${shown.map(({ name, property }) => `secret.${name} AS "${secretAlias(property)}"`).join(', ')}
      FROM ${client} AS client LEFT JOIN ${secret} AS secret ON secret.client_id = client.id
      WHERE client.id = ${place(1)} ORDER BY secret.client_version DESC`,
    lock: `SELECT id FROM ${client} WHERE id = ${place(1)}`,
    remove: `DELETE FROM ${client} WHERE ${unchanged(1)}`,
    insert,
    update,
    ...inTurn,
    insertAtOnce: atOnce(insert, [created.terms, created.secrets]),
    updateAtOnce: atOnce(update, [
      changed.staleTerms,
      changed.terms,
      changed.endedSecrets,
      changed.expiries,
      changed.secrets,
    ]),
  };
}

/** The statements by name. */
export type StatementName = keyof ReturnType<typeof clientStatementTexts>;
