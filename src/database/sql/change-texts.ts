import { Sql, type Dialect } from './dialect.js';
import { statementName, type Query } from './prepared-database.js';

/** A statement whose values are given by name. */
export interface PreparedText {
  text: string;
  /** Names of the values, in the order of the placeholders. */
  parameters: readonly string[];
}

/** Returns the placeholder of a value; the same name gives the same placeholder. */
export type Placeholder = (name: string) => string;

/** Builds one part of a change, for the row whose key is the column `id` of the FROM item `written`. */
export type Part = (written: string, place: Placeholder) => string;

/** Makes a query from a named statement and its values. */
export type Prepared = (values: Record<string, unknown>) => Query;

/** Returns the text of one statement with named values. */
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
 * Returns the statements that change one row and the rows that belong to it. Where the database supports it, they are one statement, so one
 * round trip and one transaction, whose parts see through RETURNING whether the row was written; otherwise one statement follows the other.
 *
 * @param row writes the row with the key `id`, or no row; in that case no part must write
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

/** FROM item that holds the values of several rows, see {@link severalText}. */
export const GIVEN = 'given';

/**
 * Returns the same as {@link changeTexts} for several rows with different keys; `undefined` where the database cannot change them in one statement.
 *
 * @param row writes a row for each row of {@link GIVEN}
 */
export function severalText(
  dialect: Dialect,
  row: (place: Placeholder) => string,
  parts: readonly Part[],
): PreparedText | undefined {
  if (!dialect.writesAtOnce) return undefined;
  const names = new Set<string>();
  const place = (name: string): string => {
    names.add(name);
    return `${GIVEN}."${name}"`;
  };
  const written = row(place);
  const from = `written JOIN ${GIVEN} ON ${place('id')} = written.id`;
  const others = parts.map((part, at) => `part${at} AS (${part(from, place)})`);
  const parameters = [...names];
  const lists = parameters.map((_, at) => `${dialect.parameter(at + 1)}::text[]`);
  const columns = parameters.map((name) => `"${name}"`);
  return {
    text: `WITH ${GIVEN} AS (SELECT * FROM unnest(${lists.join(', ')}) AS one (${columns.join(', ')})), written AS (${written} RETURNING id), ${others.join(', ')} SELECT id FROM written`,
    parameters,
  };
}

/** Names a statement, see {@link statementName}. */
export function prepared(label: string, { text, parameters }: PreparedText): Prepared {
  const name = statementName(label, text);
  return (values) => ({ name, text, values: parameters.map((parameter) => values[parameter]) });
}

/** As {@link prepared}, for a change that can share a statement with others: `several` is its {@link severalText}. */
export function preparedToShare(label: string, one: PreparedText, several: PreparedText | undefined): Prepared {
  const statement = prepared(label, one);
  if (!several) return statement;
  if (several.parameters.join() !== one.parameters.join())
    throw new Error(`${label} takes other values for several rows.`);
  const { text, parameters } = several;
  const shared = { name: statementName(label, text), text, key: parameters.indexOf('id') };
  return (values) => ({ ...statement(values), several: shared });
}
