import type { RunningApp } from './app.js';

const TABLES = ['oauth2_client_change', 'oauth2_client_journal_head', 'oauth2_client_journal_gap'];

/** Tampers with the journal of a service, looks, and puts it back. */
export async function afterwards<T>(
  { dataSource }: RunningApp,
  statements: string[],
  look: () => Promise<T>,
): Promise<T> {
  for (const table of TABLES) await dataSource.query(`CREATE TABLE saved_${table} AS SELECT * FROM ${table}`);
  try {
    for (const statement of statements) await dataSource.query(statement);
    return await look();
  } finally {
    for (const table of TABLES) {
      await dataSource.query(`DELETE FROM ${table}`);
      await dataSource.query(`INSERT INTO ${table} SELECT * FROM saved_${table}`);
      await dataSource.query(`DROP TABLE saved_${table}`);
    }
  }
}

/** All columns of a change that a forger copies, beside its place. */
export const COLUMNS = 'id, client_id, tag, version, owner, at, kinds, document, secrets, actor, members, sealed_at';

export const edit = (position: number, set: string): string =>
  `UPDATE oauth2_client_change SET ${set} WHERE position = ${position}`;

export const remove = (where: string): string => `DELETE FROM oauth2_client_change WHERE ${where}`;

/** Copies the change at one position to another one. */
export const copy = (from: number, to: number): string =>
  `INSERT INTO oauth2_client_change (${COLUMNS}, position, seal) SELECT ${COLUMNS}, ${to}, seal FROM oauth2_client_change WHERE position = ${from}`;

/** Makes room for one more at a position. */
export const shift = (from: number): string[] => [
  `UPDATE oauth2_client_change SET position = -position - 1 WHERE position >= ${from}`,
  'UPDATE oauth2_client_change SET position = -position WHERE position < 0',
];

export const swap = (one: number, other: number): string[] => [
  edit(one, 'position = -1'),
  edit(other, `position = ${one}`),
  edit(-1, `position = ${other}`),
];
