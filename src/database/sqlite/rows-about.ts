/** Number of places in a table at which rows are counted, and number of row ids that each place spans. */
const PLACES = 50;
const PLACE = 100;

/**
 * Returns an expression for SELECT: the approximate number of rows of a table. SQLite keeps no count, and counting a million rows blocks the
 * event loop for 30 ms. So rows are counted at some places between the first and the last, to estimate how many row ids are in use.
 *
 * @param table quoted, with a few thousand rows or more
 */
export function rowsAbout(table: string): string {
  const begin = `first + place.value * (last - first) / ${PLACES}`;
  // A query for each: SQLite would read the whole table for both in one query.
  const end = (which: 'min' | 'max') => `(SELECT ${which}(rowid) FROM ${table})`;
  const places = JSON.stringify(Array.from({ length: PLACES }, (_, at) => at));
  return `(SELECT CAST((last - first + 1) * (
      SELECT count(*) FROM json_each('${places}') AS place CROSS JOIN ${table} AS counted
      WHERE counted.rowid >= ${begin} AND counted.rowid < ${begin} + ${PLACE}
    ) / ${PLACES * PLACE}.0 AS integer) FROM (SELECT ${end('min')} AS first, ${end('max')} AS last) AS ends)`;
}
