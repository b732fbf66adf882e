import type { Placeholder } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { ClientChange } from './client-change.entity.js';

/** Properties that the database or the sealer sets. */
const LATER = new Set<string>(['seq', 'position', 'sealedAt', 'seal'] satisfies (keyof ClientChange)[]);

/** Values that the client's own row also has, by their names there. */
const SHARED: Partial<Record<string, string>> = {
  clientId: 'id',
  tag: 'tag',
  version: 'version',
  owner: 'owner',
  document: 'document',
} satisfies Partial<Record<keyof ClientChange, string>>;

/** Values that the baseline shares with the change. */
const SAME = new Set(['clientId', 'tag']);

/**
 * Returns the part of a change that inserts its row into the journal. If the client has no row in its life, because it is older than the journal, a
 * baseline may come first. The values are those of `change-values.ts`.
 *
 * @param client FROM item with the client, if it was written
 * @param place placeholders of the values
 * @param mayBeOlder whether the client can be older than the journal
 */
export function appendChange(
  database: PreparedDatabase,
  client: string,
  place: Placeholder,
  mayBeOlder: boolean,
): string {
  const table = database.table(ClientChange);
  const columns = database.columns(ClientChange).filter(({ property }) => !LATER.has(property));
  const select = (nameOf: (property: string) => string | undefined) =>
    `SELECT ${columns.map(({ property, type }) => `CAST(${place(nameOf(property) ?? `change.${property}`)} AS ${type})`).join(', ')} FROM ${client}`;
  const change = select((property) => SHARED[property]);
  // In this order, so that the baseline draws the smaller number.
  const rows = mayBeOlder
    ? `${select((property) => (SAME.has(property) ? SHARED[property] : `baseline.${property}`))} WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE client_id = ${place('id')} AND tag = ${place('tag')}) UNION ALL ${change}`
    : change;
  return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) ${rows}`;
}
