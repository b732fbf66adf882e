import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { prepared, preparedText, type Placeholder, type Prepared } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';

/** A use of a client, or of one of its secrets. */
export interface Use {
  /** Of the row in which it is written. */
  id: string;
  clientId: string;
  /** In milliseconds since the epoch. */
  at: number;
}

/** What a table of last uses is. */
interface UsesOf {
  /** See `statementName`. */
  label: string;
  /** It has columns `client_id` and `last_used_at`. */
  entity: EntityTarget<ObjectLiteral>;
  /** Its primary key. */
  key: 'id' | 'client_id';
  /** What else an update assigns, given the row and the row of the use. Default nothing. */
  also?: (row: string, use: string) => string;
}

/** The statements on a table that holds when something was used last. */
export class UseTable {
  private readonly writing: Prepared;
  private readonly finding: Prepared;

  constructor(
    private readonly database: PreparedDatabase,
    { label, entity, key, also }: UsesOf,
  ) {
    const { dialect } = database;
    const table = database.table(entity);
    const later = (place: Placeholder) =>
      `SELECT used.${key} AS id, item.value ->> 2 AS at FROM ${dialect.rowsOf(place('uses'))}, ${table} AS used
        WHERE used.${key} = item.value ->> 0 AND used.client_id = item.value ->> 1 AND (used.last_used_at IS NULL OR used.last_used_at < item.value ->> 2)`;
    const others = also ? `, ${also('known', 'late')}` : '';
    // In the order of their keys, so that processes do not wait for each other in a circle.
    const write = (place: Placeholder) =>
      `UPDATE ${table} AS known SET last_used_at = late.at${others}
        FROM (${later(place)} ORDER BY 1 ${dialect.skipLocked('used')}) AS late WHERE known.${key} = late.id`;
    this.writing = prepared(`${label}_write`, preparedText(dialect, write));
    this.finding = prepared(`${label}_later`, preparedText(dialect, later));
  }

  /**
   * Writes uses that are later than the last ones that are known; those of what is gone count for nothing.
   *
   * @returns ids of rows that another transaction had locked: it may be removing them, and this does not wait for it
   * @throws OAuthError 503 when the database cannot answer
   */
  async write(uses: readonly Use[]): Promise<ReadonlySet<string>> {
    const values = { uses: JSON.stringify(uses.map(({ id, clientId, at }) => [id, clientId, timeOf(at)])) };
    await this.database.change([this.writing(values)]);
    const left = await this.database.rows<{ id: string }>(this.finding(values));
    return new Set(left.map(({ id }) => id));
  }
}

/** A time in the form in which times are stored. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
