import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { prepared, preparedText, type Placeholder, type Prepared } from '../../database/sql/change-texts.js';
import type { PreparedDatabase, Query } from '../../database/sql/prepared-database.js';

/** A use of a client, or of one of its secrets. */
export interface Use {
  /** Primary key of the row to which the use is written. */
  id: string;
  clientId: string;
  /** Time of the use, in milliseconds since the epoch. */
  at: number;
}

/** The description of a table with last uses. */
interface UsesOf {
  /** See `statementName`. */
  label: string;
  /** The entity of the table, which has columns `client_id` and `last_used_at`. */
  entity: EntityTarget<ObjectLiteral>;
  /** Its primary key. */
  key: 'id' | 'client_id';
  /** Returns further assignments of the update, given the aliases of the row and of the use. Default none. */
  also?: (row: string, use: string) => string;
  /** Returns a statement to run once this process has written its first uses. Default none. */
  first?: () => Query;
}

/** The statements on a table with the times of last uses. */
export class UseTable {
  private readonly writing: Prepared;
  private readonly finding: Prepared;
  private readonly first?: () => Query;
  private isWritten = false;
  private isBegun = false;

  constructor(
    private readonly database: PreparedDatabase,
    { label, entity, key, also, first }: UsesOf,
  ) {
    this.first = first;
    const { dialect } = database;
    const table = database.table(entity);
    const later = (place: Placeholder) =>
      `SELECT used.${key} AS id, item.value ->> 2 AS at FROM ${dialect.rowsOf(place('uses'))}, ${table} AS used
        WHERE used.${key} = item.value ->> 0 AND used.client_id = item.value ->> 1 AND (used.last_used_at IS NULL OR used.last_used_at < item.value ->> 2)`;
    const others = also ? `, ${also('known', 'late')}` : '';
    // Locks rows in the order of their keys, so that processes do not deadlock.
    const write = (place: Placeholder) =>
      `UPDATE ${table} AS known SET last_used_at = late.at${others}
        FROM (${later(place)} ORDER BY 1 ${dialect.skipLocked('used')}) AS late WHERE known.${key} = late.id`;
    this.writing = prepared(`${label}_write`, preparedText(dialect, write));
    this.finding = prepared(`${label}_later`, preparedText(dialect, later));
  }

  /**
   * Writes uses that are later than the last known ones; uses of removed clients or secrets are ignored.
   *
   * @returns ids of rows that another transaction had locked: it may be removing them, so the update skips them instead of waiting
   * @throws OAuthError 503 when the database cannot answer
   */
  async write(uses: readonly Use[]): Promise<ReadonlySet<string>> {
    const values = { uses: JSON.stringify(uses.map(({ id, clientId, at }) => [id, clientId, timeOf(at)])) };
    // Remembered, so that `begin` still runs with a later batch if it fails now.
    this.isWritten = (await this.database.change([this.writing(values)])) || this.isWritten;
    await this.begin();
    const left = await this.database.rows<{ id: string }>(this.finding(values));
    return new Set(left.map(({ id }) => id));
  }

  private async begin(): Promise<void> {
    if (this.isBegun || !this.isWritten) return;
    if (this.first) await this.database.change([this.first()]);
    this.isBegun = true;
  }
}

/** Formats a time as times are stored. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
