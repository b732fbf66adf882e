import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { prepared, preparedText, type Placeholder, type Prepared } from '../../database/sql/change-texts.js';
import type { PreparedDatabase, Query } from '../../database/sql/prepared-database.js';

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
  /** Written after the first uses that this process writes. Default nothing. */
  first?: () => Query;
}

/** The statements on a table that holds when something was used last. */
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
    // Kept, so that the first of them is not forgotten when what follows fails.
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

/** A time in the form in which times are stored. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
