import { Sql } from '../../database/sql/dialect.js';
import { statementName, type PreparedDatabase, type Query } from '../../database/sql/prepared-database.js';
import { changeColumns } from '../table/change-columns.js';
import { ClientChange } from '../table/client-change.entity.js';

/** A moment in the life of a client: a version, or a time, as times are stored, up to which changes count. */
export type Moment = { version: number } | { until: string };

/** Which state of a client is wanted. */
export type WantedState = Moment & {
  clientId: string;
  /** The life of the id. Default any; versions are those of one life. */
  tag?: string | undefined;
};

/**
 * Returns the statement that finds the change which made a state. No index covers versions and times of a client: each change would pay for it. But
 * both increase with `seq` within a life, so the statement does a binary search: it reads a few dozen changes of a client that has many thousands.
 */
export function stateQuery(database: PreparedDatabase, { clientId, tag, ...moment }: WantedState): Query {
  const sql = new Sql(database.dialect);
  const change = database.table(ClientChange);
  const ofClient = `client_id = ${sql.value(clientId)}`;
  const ofLife = tag === undefined ? [] : [`tag = ${sql.value(tag)}`];
  const isVersion = 'version' in moment;
  const place = isVersion ? `CAST(${sql.value(moment.version)} AS integer)` : sql.value(moment.until);
  // Changes of earlier lives lie before those of this life; those of later lives lie behind its last change, and are left out.
  const isLater = [...ofLife, `${isVersion ? 'version' : '"at"'} > ${place}`].join(' AND ');
  const isIt = [...ofLife, isVersion ? `version = ${place}` : `"at" <= ${place}`].join(' AND ');
  const last = (condition: string) => `SELECT seq FROM ${change} WHERE ${condition} ORDER BY seq DESC LIMIT 1`;
  const text = `WITH RECURSIVE search(low, high) AS (
      SELECT (SELECT seq FROM ${change} WHERE ${ofClient} ORDER BY seq LIMIT 1) - 1, (${last([ofClient, ...ofLife].join(' AND '))})
      UNION ALL
      SELECT CASE WHEN ${isLater} THEN low ELSE (low + high + 1) / 2 END, CASE WHEN ${isLater} THEN seq - 1 ELSE high END
      FROM search CROSS JOIN ${change} WHERE low < high AND seq = (${last(`${ofClient} AND seq <= (low + high + 1) / 2`)})
    )
    SELECT ${changeColumns(database)} FROM ${change} WHERE seq = (${last(`${ofClient} AND seq <= (SELECT min(high) FROM search)`)}) AND ${isIt}`;
  return { name: statementName('state', text), text, values: sql.values };
}
