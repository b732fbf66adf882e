import { Injectable } from '@nestjs/common';
import { prepared, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Executor, type Query } from '../../database/sql/prepared-database.js';
import { ChainSql } from '../chain/chain-sql.js';
import { BATCH, ChainStatements } from '../chain/chain.statements.js';
import { termsOfChange } from '../chain/change-terms.js';
import { GapStatements } from '../chain/gap.statements.js';
import { JournalOptions } from '../chain/journal.options.js';
import type { SealedChange } from '../chain/seal.js';
import type { ChangeKind } from '../table/change-entry.js';
import { newGaps, type Batch } from './pruned-batch.js';
import { PruningSql } from './pruning-sql.js';

/** The result of pruning one batch. */
export interface Pruned {
  /** Whether there may be more to prune. */
  hasMore: boolean;
  /** Position behind which changes are kept because a webhook has not delivered them, though they are old enough. */
  heldBack?: number;
  /** Why nothing was pruned: what does not fit, in a sentence. */
  fault?: string;
}

type Bigint = number | string | null;

/** The statements that prune the journal. */
@Injectable()
export class PruningStatements {
  private readonly locking: Prepared;
  private readonly limiting: Prepared;
  private readonly selecting: Prepared;
  private readonly finding: Prepared;
  private readonly readingSeals: Prepared;
  private readonly pruning: readonly Prepared[];

  constructor(
    private readonly database: PreparedDatabase,
    private readonly chain: ChainStatements,
    private readonly gaps: GapStatements,
    private readonly options: JournalOptions,
  ) {
    const sql = new PruningSql(database);
    this.locking = prepared('lock_head', new ChainSql(database).lock());
    this.limiting = prepared('prune_limits', sql.limits());
    this.selecting = prepared('prune_window', sql.window(BATCH));
    this.finding = prepared('superseded', sql.superseded());
    this.readingSeals = prepared('seals_at', sql.sealsAt());
    this.pruning = sql.prune().map((part, at) => prepared(`prune_${at}`, part));
  }

  /**
   * Reads the next changes that were sealed before a time, and prunes the changes that they supersede, while nobody else prunes or seals. Nothing
   * is left of removed clients. Changes that an active webhook has not delivered stay.
   *
   * @param before in UTC, as `2026-01-31T12:00:00.000Z`
   */
  prune(before: string): Promise<Pruned> {
    return this.database.exclusively(this.locking({}), async (executor) => {
      const { prunedTo: from } = await this.chain.head(executor);
      const { to, heldBack } = await this.limit(before, executor);
      const held = heldBack ? { heldBack: to } : {};
      const window = to > from ? await executor.rows<SealedChange>(this.selecting({ from, to })) : [];
      const last = window.at(-1);
      if (!last) return { hasMore: false, ...held };
      const superseded = await executor.rows<SealedChange>(this.finding({ clients: endsOf(window) }));
      const batch = await this.batch(window, superseded, executor);
      const gaps = newGaps(batch, before, this.options.auditKey);
      if (typeof gaps === 'string') return { hasMore: false, fault: gaps };
      const values = {
        id: 1,
        from,
        to: last.position,
        changes: listed(superseded.map(({ seq }) => seq)),
        terms: JSON.stringify(superseded.flatMap(termsWithPosition)),
        joined: listed(gaps.joined),
        gaps: JSON.stringify(gaps.written),
      };
      await executor.change(this.pruning.map((statement) => statement(values)) as [Query, ...Query[]]);
      return { hasMore: window.length === BATCH, ...held };
    });
  }

  /** Returns the last position that may be pruned, 0 for none, and whether a webhook holds back older changes. */
  private async limit(before: string, executor: Executor): Promise<{ to: number; heldBack: boolean }> {
    const row = await executor.row<Record<'old' | 'read' | 'waiting', Bigint>>(this.limiting({ before }));
    const old = Number(row?.old ?? 0);
    const read = Number(row?.read ?? old);
    const waiting = Number(row?.waiting ?? old + 1);
    const to = Math.min(old, read, waiting - 1);
    return { to, heldBack: to < old };
  }

  /** Reads what is needed to verify the changes one by one, and to leave gaps for those that are pruned. */
  private async batch(
    window: readonly SealedChange[],
    superseded: readonly SealedChange[],
    executor: Executor,
  ): Promise<Batch> {
    const byPosition = new Map([...window, ...superseded].map((change) => [Number(change.position), change]));
    const before = [...byPosition.keys()].map((position) => position - 1).filter((one) => !byPosition.has(one));
    const pruned = new Set(superseded.map(({ position }) => Number(position)));
    const behind = [...pruned].map((position) => position + 1);
    const gaps = await this.gaps.beside(before, behind, executor);
    const rows = await executor.rows<Pick<SealedChange, 'position' | 'seal'>>(
      this.readingSeals({ positions: listed(before) }),
    );
    const seals = new Map(rows.map(({ position, seal }) => [Number(position), seal]));
    return { changes: [...byPosition.values()], pruned, seals, gaps };
  }
}

/** Returns for each client the `seq` before which its changes are superseded: that of its last change, or the next one if that is its removal. */
function endsOf(window: readonly SealedChange[]): string {
  const ends = new Map(window.map((change) => [change.clientId, endOf(change)]));
  return JSON.stringify([...ends]);
}

function endOf({ seq, kinds }: SealedChange): number {
  const isRemoval = (JSON.parse(kinds) as ChangeKind[]).includes('client.deleted');
  return isRemoval ? Number(seq) + 1 : Number(seq);
}

function termsWithPosition(change: SealedChange): (string | number)[][] {
  return termsOfChange({ ...change, seq: String(change.seq) }).map((term) => [...term, Number(change.position)]);
}

/** Returns a list of numbers as the statements read it. */
function listed(numbers: readonly (number | string)[]): string {
  return JSON.stringify(numbers.map((one) => [one]));
}
