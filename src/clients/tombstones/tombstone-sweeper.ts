import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { limitOf } from '../../concurrency/limit.js';
import { RemovalOptions, restorableSince } from '../store/removal.options.js';
import { TombstoneStatements } from '../store/tombstone.statements.js';

/** How often it looks, in milliseconds. */
const INTERVAL = 3_600_000;

/**
 * Ends the tombstones of clients whose time to be restored is over: at start, and hourly. Several processes may do it at once. It keeps no
 * process alive.
 */
@Injectable()
export class TombstoneSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TombstoneSweeper.name);
  private readonly inTurn = limitOf(1);
  private timer?: NodeJS.Timeout;
  private isStopped = false;

  constructor(
    private readonly tombstones: TombstoneStatements,
    private readonly options: RemovalOptions,
  ) {}

  /** Begins. */
  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweepOrWarn(), INTERVAL).unref();
    void this.sweepOrWarn();
  }

  /** Stops after the batch at which it is. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.inTurn(() => undefined);
  }

  /**
   * Ends all that are over now.
   *
   * @throws OAuthError 503 when the database cannot answer
   */
  sweep(): Promise<void> {
    return this.inTurn(async () => {
      const before = restorableSince(this.options);
      while (!this.isStopped && (await this.tombstones.sweep(before)));
    });
  }

  private async sweepOrWarn(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      if (!this.isStopped) this.logger.warn(`Removed clients are kept longer, until it succeeds: ${String(error)}`);
    }
  }
}
