/** In how many places of a table rows are counted, and how many numbers of rows each place has. */
const PLACES = 50;
const PLACE = 100;

/**
 * For SELECT: about how many rows a table has. SQLite keeps no count, and to count a million rows holds up the event loop for 30 ms. So rows
 * are counted in some places between the first and the last, which says how many of their numbers are in use.
 *
 * @param table quoted, with a few thousand rows or more
 */
export function rowsAbout(table: string): string {
  const begin = `first + place.value * (last - first) / ${PLACES}`;
  // One at a time: for both together SQLite would read the whole table.
  const end = (which: 'min' | 'max') => `(SELECT ${which}(rowid) FROM ${table})`;
  const places = JSON.stringify(Array.from({ length: PLACES }, (_, at) => at));
  return `(SELECT CAST((last - first + 1) * (
      SELECT count(*) FROM json_each('${places}') AS place CROSS JOIN ${table} AS counted
      WHERE counted.rowid >= ${begin} AND counted.rowid < ${begin} + ${PLACE}
    ) / ${PLACES * PLACE}.0 AS integer) FROM (SELECT ${end('min')} AS first, ${end('max')} AS last) AS ends)`;
}
