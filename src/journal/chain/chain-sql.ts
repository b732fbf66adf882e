import { changeTexts, preparedText, type PreparedText } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { changeColumns } from '../table/change-columns.js';
import { ChangeTerm } from '../table/change-term.entity.js';
import { ClientChange } from '../table/client-change.entity.js';
import { JournalHead } from '../table/journal-head.entity.js';

/** The texts of the statements that seal. */
export class ChainSql {
  private readonly change: string;
  private readonly term: string;
  private readonly head: string;

  constructor(private readonly database: PreparedDatabase) {
    this.change = database.table(ClientChange);
    this.term = database.table(ChangeTerm);
    this.head = database.table(JournalHead);
  }

  /** Selects the row that a sealer locks. */
  lock(): PreparedText {
    return this.prepared(() => `SELECT id FROM ${this.head} WHERE id = 1`);
  }

  /** Selects the end of the chain. */
  readHead(): PreparedText {
    return this.prepared(
      () => `SELECT position, seal, sealed_at AS "sealedAt", pruned_to AS "prunedTo" FROM ${this.head} WHERE id = 1`,
    );
  }

  /** Selects a row if any committed change is not sealed. */
  waits(): PreparedText {
    return this.prepared(() => `SELECT 1 AS waits FROM ${this.change} WHERE position IS NULL LIMIT 1`);
  }

  /** Counts the committed changes that are not sealed, up to `most`, and selects the time of the oldest. */
  backlog(most: number): PreparedText {
    return this.prepared(
      () =>
        `SELECT count(*) AS count, min(at) AS since FROM (SELECT at FROM ${this.change} WHERE position IS NULL ORDER BY seq LIMIT ${most}) AS unsealed`,
    );
  }

  /** Selects the committed changes that are not sealed, in the order of `seq`. */
  unsealed(most: number): PreparedText {
    return this.prepared(
      () =>
        `SELECT ${changeColumns(this.database)} FROM ${this.change} WHERE position IS NULL ORDER BY seq LIMIT ${most}`,
    );
  }

  /** Selects sealed changes, in the order of the chain. */
  sealedFrom(most: number): PreparedText {
    const columns = changeColumns(this.database);
    return preparedText(
      this.database.dialect,
      (place) =>
        `SELECT ${columns} FROM ${this.change} WHERE position >= CAST(${place('from')} AS bigint) ORDER BY position LIMIT ${most}`,
    );
  }

  /** Seals some changes, unless the head has moved. */
  seal(): PreparedText[] {
    const { dialect } = this.database;
    const entry = (at: number, type: string) => `CAST(item.value ->> ${at} AS ${type})`;
    return changeTexts(
      dialect,
      (place) =>
        `UPDATE ${this.head} SET position = CAST(${place('position')} AS bigint), seal = ${place('seal')}, sealed_at = ${place('sealedAt')} WHERE id = CAST(${place('id')} AS integer) AND position = CAST(${place('former')} AS bigint)`,
      [
        (written, place) =>
          `UPDATE ${this.change} AS sealed SET position = ${entry(1, 'bigint')}, seal = item.value ->> 2, sealed_at = ${place('sealedAt')} FROM ${written}, ${dialect.rowsOf(place('sealed'))} WHERE sealed.seq = ${entry(0, 'bigint')}`,
        (written, place) =>
          `INSERT INTO ${this.term} (kind, value, position) SELECT item.value ->> 0, item.value ->> 1, ${entry(2, 'bigint')} FROM ${written}, ${dialect.rowsOf(place('terms'))}`,
      ],
    );
  }

  private prepared(build: () => string): PreparedText {
    return preparedText(this.database.dialect, build);
  }
}
