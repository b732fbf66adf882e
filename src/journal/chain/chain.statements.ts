import { Injectable } from '@nestjs/common';
import { prepared, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Executor, type Query } from '../../database/sql/prepared-database.js';
import type { ClientChange } from '../table/client-change.entity.js';
import { ChainSql } from './chain-sql.js';
import { termsOfChange } from './change-terms.js';
import { JournalOptions } from './journal.options.js';
import { announceSealed } from './sealed-signal.js';
import { sealOf, type SealedChange } from './seal.js';

/** Most changes that are sealed in one transaction. */
export const BATCH = 100;

/** Most unsealed changes that are counted: to count more would take resources that the sealer needs. */
const MOST_COUNTED = 10_000;

/** Items that wait for something. */
export interface Backlog {
  /** Number of items. */
  count: number;
  /** Since when the oldest waits, in UTC; `null` when nothing does. */
  since: string | null;
}

/** The end of the chain. */
export interface ChainHead {
  /** How many changes are sealed. */
  position: number;
  /** The last seal; empty in an empty chain. */
  seal: string;
  /** When it was made; empty in an empty chain. */
  sealedAt: string;
  /** Up to this position superseded changes are pruned. */
  prunedTo: number;
}

/** As both databases return it: a `bigint` is a number or its digits. */
type ReadHead = Omit<ChainHead, 'position' | 'prunedTo'> & Record<'position' | 'prunedTo', number | string>;

/** The statements on the chain. */
@Injectable()
export class ChainStatements {
  private readonly locking: Prepared;
  private readonly reading: Prepared;
  private readonly asking: Prepared;
  private readonly counting: Prepared;
  private readonly selecting: Prepared;
  private readonly walking: Prepared;
  private readonly sealing: readonly Prepared[];

  constructor(
    private readonly database: PreparedDatabase,
    private readonly options: JournalOptions,
  ) {
    const sql = new ChainSql(database);
    this.locking = prepared('lock_head', sql.lock());
    this.reading = prepared('head', sql.readHead());
    this.asking = prepared('waits', sql.waits());
    this.counting = prepared('backlog', sql.backlog(MOST_COUNTED));
    this.selecting = prepared('unsealed', sql.unsealed(BATCH));
    this.walking = prepared('walk', sql.sealedFrom(BATCH));
    this.sealing = sql.seal().map((part, at) => prepared(`seal_${at}`, part));
  }

  /** Whether any committed change is not sealed. */
  async waits(): Promise<boolean> {
    return (await this.database.row(this.asking({}))) !== undefined;
  }

  /** Returns the backlog of committed changes that are not sealed; at most 10,000 are counted. */
  async backlog(): Promise<Backlog> {
    const row = await this.database.row<{ count: number | string; since: string | null }>(this.counting({}));
    return { count: Number(row?.count), since: row?.since ?? null };
  }

  /**
   * Returns sealed changes, in the order of the chain.
   *
   * @param from the smallest position
   * @returns at most {@link BATCH} of them; fewer only at the end
   */
  sealedFrom(from: number): Promise<SealedChange[]> {
    return this.database.rows<SealedChange>(this.walking({ from }));
  }

  /** Returns the end of the chain. */
  async head(executor: Executor = this.database): Promise<ChainHead> {
    const row = await executor.row<ReadHead>(this.reading({}));
    if (!row) throw new Error('The head of the journal is missing: restore it from a copy of the database.');
    return { ...row, position: Number(row.position), prunedTo: Number(row.prunedTo) };
  }

  /**
   * Seals the oldest committed changes that are not sealed, while nobody else seals. Writers of changes do not wait for it.
   *
   * @returns how many it sealed, at most {@link BATCH}
   */
  async seal(): Promise<number> {
    const count = await this.database.exclusively(this.locking({}), async (executor) => {
      const head = await this.head(executor);
      const changes = await executor.rows<ClientChange>(this.selecting({}));
      if (changes.length > 0) await executor.change(this.sealed(head, changes) as [Query, ...Query[]]);
      return changes.length;
    });
    if (count > 0) announceSealed(this.database);
    return count;
  }

  private sealed(
    { position: former, seal: last, sealedAt: before }: ChainHead,
    changes: readonly ClientChange[],
  ): Query[] {
    const now = new Date().toISOString();
    const sealedAt = now > before ? now : before;
    const sealed: [seq: string, position: number, seal: string][] = [];
    const terms: [kind: string, value: string, position: number][] = [];
    let seal = last;
    let position = former;
    for (const change of changes) {
      position += 1;
      seal = sealOf(seal, { ...change, position, sealedAt }, this.options.auditKey);
      sealed.push([change.seq, position, seal]);
      for (const [kind, value] of termsOfChange(change)) terms.push([kind, value, position]);
    }
    const lists = { sealed: JSON.stringify(sealed), terms: JSON.stringify(terms) };
    return this.sealing.map((statement) => statement({ id: 1, former, position, seal, sealedAt, ...lists }));
  }
}
