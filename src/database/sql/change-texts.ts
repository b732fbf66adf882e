import { Sql, type Dialect } from './dialect.js';
import { statementName, type Query } from './prepared-database.js';

/** A statement whose values are given by name. */
export interface PreparedText {
  text: string;
  /** Names of the values, in the order of the placeholders. */
  parameters: readonly string[];
}

/** The placeholder of a value; the same name gives the same placeholder. */
export type Placeholder = (name: string) => string;

/** One part of a change, for the row whose key the FROM item `written` has as its column `id`. */
export type Part = (written: string, place: Placeholder) => string;

/** A named statement, ready for its values. */
export type Prepared = (values: Record<string, unknown>) => Query;

/** The text of one statement with named values. */
export function preparedText(dialect: Dialect, build: (place: Placeholder) => string): PreparedText {
  const sql = new Sql<string>(dialect);
  const places = new Map<string, string>();
  const text = build((name) => {
    const place = places.get(name) ?? sql.value(name);
    places.set(name, place);
    return place;
  });
  return { text, parameters: sql.values };
}

/**
 * A change of one row and of what belongs to it: where the database can, one statement, so one round trip and one transaction,
 * whose parts see through RETURNING whether the row was written; otherwise one statement after the other.
 *
 * @param row writes the row with the key `id`, or none; then no part may write
 */
export function changeTexts(
  dialect: Dialect,
  row: (place: Placeholder) => string,
  parts: readonly Part[],
): PreparedText[] {
  if (!dialect.writesAtOnce)
    return [
      row,
      ...parts.map((part) => (place: Placeholder) => part(`(SELECT ${place('id')} AS id) AS written`, place)),
    ].map((build) => preparedText(dialect, build));
  return [
    preparedText(dialect, (place) => {
      const written = row(place);
      const others = parts.map((part, at) => `part${at} AS (${part('written', place)})`);
      return `WITH written AS (${written} RETURNING id), ${others.join(', ')} SELECT id FROM written`;
    }),
  ];
}

/** The statement with its name, see {@link statementName}. */
export function prepared(label: string, { text, parameters }: PreparedText): Prepared {
  const name = statementName(label, text);
  return (values) => ({ name, text, values: parameters.map((parameter) => values[parameter]) });
}
