import { Injectable } from '@nestjs/common';
import { prepared, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Query } from '../../database/sql/prepared-database.js';
import { uuidV7 } from '../../journal/table/uuid-v7.js';
import { epochSeconds } from '../../secrets/secret-set.js';
import { ExpiryNotice } from '../table/expiry-notice.entity.js';
import { NoticeSql } from './notice-sql.js';

/** Maximum number of secrets read, and of notices made, at a time. */
export const MOST_ENDING = 500;
/** Maximum number of notices read at a time. */
const MOST_READ = 100;

/** A secret that ends soon. */
export interface EndingSecret {
  id: string;
  /** In seconds since the epoch. */
  expiresAt: number;
  /** The time before this end, in seconds, for which the latest notice was made; `null` without one. */
  withinSeconds: number | null;
  /** Whether the client has a newer secret that ends later, or never. */
  isReplaced: boolean;
}

/** A notice to make: this secret ends within this time. */
export type NewNotice = Pick<EndingSecret, 'id' | 'expiresAt'> & { withinSeconds: number };

/** A notice with its secret and client. */
export interface ToldNotice {
  position: number;
  id: string;
  at: string;
  secretId: string;
  expiresAt: number;
  withinSeconds: number;
  label: string | null;
  clientId: string;
  owner: string;
}

/** A row as either database returns it: a `bigint` is a number or a string of digits. */
type ReadNotice = Omit<ToldNotice, 'position' | 'expiresAt' | 'clientId'> &
  Record<'position' | 'expiresAt', number | string> & { clientId: string | null };
type ReadEnding = Pick<EndingSecret, 'id' | 'withinSeconds'> & { expiresAt: number | string; replaced: number };

/** Notices after a position. */
export interface NewsOfNotices {
  /** The notices whose secret still ends when they say. */
  live: ToldNotice[];
  /** Position of the last notice read, whether it is live or not; the requested position if there is none. */
  position: number;
  /** Whether there may be more. */
  isFull: boolean;
}

/** The statements on notices that secrets end soon. */
@Injectable()
export class NoticeStatements {
  private readonly counting: Prepared;
  private readonly selecting: Prepared;
  private readonly adding: readonly Prepared[];
  private readonly forgetting: Prepared;
  private readonly walking: Prepared;
  private readonly reading: Prepared;

  constructor(private readonly database: PreparedDatabase) {
    const sql = new NoticeSql(database);
    this.counting = prepared('count_notices', sql.count());
    this.selecting = prepared('ending_secrets', sql.ending(MOST_ENDING));
    this.adding = sql.add().map((part, at) => prepared(`add_notices_${at}`, part));
    this.forgetting = prepared('forget_notices', sql.forget());
    this.walking = prepared('notices', sql.behind(MOST_READ));
    this.reading = prepared('notices_at', sql.at());
  }

  /** Returns how many notices were made. */
  async count(): Promise<number> {
    const row = await this.database.row<{ notices: number | string }>(this.counting({}));
    return Number(row?.notices);
  }

  /**
   * Lists secrets that have not ended, in the order of their ends.
   *
   * @param within how soon they end, in seconds
   * @param after the last secret of the previous call
   * @returns at most {@link MOST_ENDING} of them; fewer only at the end
   */
  async ending(within: number, after: Pick<EndingSecret, 'id' | 'expiresAt'>): Promise<EndingSecret[]> {
    const rows = await this.database.rows<ReadEnding>(this.selectEnding(within, after));
    return rows.map(({ replaced, expiresAt, ...row }) => ({
      ...row,
      expiresAt: Number(expiresAt),
      isReplaced: replaced === 1,
    }));
  }

  /** Builds the query of {@link ending}. Public so that tests can check its plan. */
  selectEnding(within: number, after: Pick<EndingSecret, 'id' | 'expiresAt'>): Query {
    const now = epochSeconds();
    return this.selecting({ now, until: now + within, end: after.expiresAt, id: after.id });
  }

  /**
   * Stores notices.
   *
   * @param holder the holder of the lease, the only process that makes notices
   * @param former how many notices were made before
   * @returns false, with nothing written, when another process now holds the lease, or has made notices
   */
  add(holder: string, former: number, notices: readonly NewNotice[]): Promise<boolean> {
    const at = new Date().toISOString();
    const rows = notices.map(({ id: secretId, ...notice }, index) => ({
      ...notice,
      secretId,
      id: uuidV7(),
      position: former + index + 1,
      at,
    }));
    const properties = this.database.columns(ExpiryNotice).map(({ property }) => property as keyof ExpiryNotice);
    const list = JSON.stringify(rows.map((row) => properties.map((property) => row[property])));
    const values = { id: 1, holder, former, count: former + notices.length, notices: list };
    return this.database.change(this.adding.map((statement) => statement(values)) as [Query, ...Query[]]);
  }

  /** Deletes the notices of secrets that ended before a time, in seconds since the epoch. */
  async forget(before: number): Promise<void> {
    await this.database.change([this.forgetting({ before })]);
  }

  /** Returns the notices after a position, in order. */
  async behind(position: number): Promise<NewsOfNotices> {
    const rows = await this.database.rows<ReadNotice>(this.walking({ position }));
    return {
      live: liveOf(rows),
      position: Number(rows.at(-1)?.position ?? position),
      isFull: rows.length === MOST_READ,
    };
  }

  /** Returns the notices at the given positions whose secret still ends when they say. */
  async at(positions: readonly number[]): Promise<ToldNotice[]> {
    if (positions.length === 0) return [];
    const list = JSON.stringify(positions.map((position) => [position]));
    return liveOf(await this.database.rows<ReadNotice>(this.reading({ positions: list })));
  }
}

function liveOf(rows: readonly ReadNotice[]): ToldNotice[] {
  const now = epochSeconds();
  return rows.flatMap(({ position, expiresAt, clientId, ...row }) =>
    clientId === null || Number(expiresAt) <= now
      ? []
      : [{ ...row, clientId, position: Number(position), expiresAt: Number(expiresAt) }],
  );
}
