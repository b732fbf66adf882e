import { Injectable } from '@nestjs/common';
import { prepared, preparedText, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Executor } from '../../database/sql/prepared-database.js';
import { JournalGap } from '../table/journal-gap.entity.js';
import { BATCH } from './chain.statements.js';
import type { Gap } from './gap.js';

type Read = Omit<Gap, 'first' | 'last'> & Record<'first' | 'last', number | string>;

/** Reads the gaps of the chain: which changes were pruned. */
@Injectable()
export class GapStatements {
  private readonly walking: Prepared;
  private readonly looking: Prepared;

  constructor(private readonly database: PreparedDatabase) {
    const { dialect } = database;
    const columns = database.columns(JournalGap).map(({ name, property }) => `${name} AS "${property}"`);
    const select = `SELECT ${columns.join(', ')} FROM ${database.table(JournalGap)}`;
    const among = (list: string) => `(SELECT CAST(item.value ->> 0 AS bigint) FROM ${dialect.rowsOf(list)})`;
    this.walking = prepared(
      'gaps',
      preparedText(
        dialect,
        (place) =>
          // A change lies between any two gaps, so a batch of changes has at most one gap more than changes.
          `${select} WHERE last >= CAST(${place('from')} AS bigint) AND first <= CAST(${place('to')} AS bigint) ORDER BY last LIMIT ${BATCH + 1}`,
      ),
    );
    this.looking = prepared(
      'gaps_beside',
      preparedText(
        dialect,
        (place) =>
          `${select} WHERE last IN ${among(place('ends'))} UNION ${select} WHERE first IN ${among(place('beginnings'))}`,
      ),
    );
  }

  /** Returns the gaps that have a position from `from` to `to`, in their order. */
  async between(from: number, to: number): Promise<Gap[]> {
    return (await this.database.rows<Read>(this.walking({ from, to }))).map(withNumbers);
  }

  /**
   * Returns the gaps that end or begin at some positions.
   *
   * @param ends positions of last changes
   * @param beginnings positions of first changes
   */
  async beside(ends: readonly number[], beginnings: readonly number[], executor: Executor): Promise<Gap[]> {
    const list = (positions: readonly number[]) => JSON.stringify(positions.map((position) => [position]));
    const query = this.looking({ ends: list(ends), beginnings: list(beginnings) });
    return (await executor.rows<Read>(query)).map(withNumbers);
  }
}

function withNumbers(gap: Read): Gap {
  return { ...gap, first: Number(gap.first), last: Number(gap.last) };
}
