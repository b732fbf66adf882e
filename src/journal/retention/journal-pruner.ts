import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { limitOf } from '../../concurrency/limit.js';
import { lifespanMilliseconds } from '../../fields/lifespan.js';
import { JournalOptions } from '../chain/journal.options.js';
import { PruningStatements, type Pruned } from './pruning.statements.js';

/** How often it prunes, in milliseconds. */
const INTERVAL = 3_600_000;
/** Delay of the first run after the start, in milliseconds: a command that opens the database has ended by then. */
const DELAY = 60_000;

/**
 * Prunes changes that are older than the retention of the journal, if there is one: hourly, in small batches. Of all processes on a database, one
 * prunes at a time. The timers keep no process alive. See docs/decisions/0008-journal.md.
 */
@Injectable()
export class JournalPruner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JournalPruner.name);
  private readonly inTurn = limitOf(1);
  private readonly retention: number;
  private readonly timers: NodeJS.Timeout[] = [];
  private isStopped = false;

  constructor(
    private readonly statements: PruningStatements,
    { retention }: JournalOptions,
  ) {
    this.retention = lifespanMilliseconds(retention);
  }

  /** Starts the timers, unless all changes are kept. */
  onApplicationBootstrap(): void {
    if (this.retention === 0) return;
    this.timers.push(
      setTimeout(() => void this.pruneOrWarn(), DELAY).unref(),
      setInterval(() => void this.pruneOrWarn(), INTERVAL).unref(),
    );
  }

  /** Stops after the current batch. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await this.inTurn(() => undefined);
  }

  /**
   * Prunes all changes that are older than the retention now; none when all changes are kept.
   *
   * @throws OAuthError 503 when the database cannot answer
   */
  prune(): Promise<void> {
    return this.inTurn(async () => {
      if (this.retention === 0) return;
      const before = new Date(Math.max(0, Date.now() - this.retention)).toISOString();
      let pruned: Pruned = { hasMore: true };
      while (pruned.hasMore && !this.isStopped) pruned = await this.statements.prune(before);
      this.report(pruned);
    });
  }

  private report({ fault, heldBack }: Pruned): void {
    if (fault !== undefined)
      this.logger.error(`The journal is not pruned, so that nothing is hidden: audit verify says more. ${fault}`);
    if (heldBack !== undefined)
      this.logger.warn(
        `Changes behind position ${heldBack} are kept although their time is over: a webhook has not delivered them.`,
      );
  }

  private async pruneOrWarn(): Promise<void> {
    try {
      await this.prune();
    } catch (error) {
      if (!this.isStopped) this.logger.warn(`Changes are kept longer, until it succeeds: ${String(error)}`);
    }
  }
}
