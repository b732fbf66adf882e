import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { limitOf } from './limit.js';

/** How a {@link Sweeper} works. */
export interface Sweeping {
  /** How often it sweeps, in milliseconds. */
  interval: number;
  /** What a failure means, as the beginning of the line of the log. */
  warning: string;
}

/**
 * Removes what is over, in batches: at start, and in intervals. Several processes may do it at the same time. It keeps no process
 * alive.
 */
export abstract class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Its log. */
  protected readonly logger: Logger;
  private readonly inTurn = limitOf(1);
  private timer?: NodeJS.Timeout;
  private isStopped = false;

  constructor(private readonly sweeping: Sweeping) {
    this.logger = new Logger(this.constructor.name);
  }

  /** Removes one batch; true when there may be more. */
  protected abstract sweepBatch(): Promise<boolean>;

  /** Begins. */
  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweepOrWarn(), this.sweeping.interval).unref();
    void this.sweepOrWarn();
  }

  /** Stops after the batch at which it is. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.inTurn(() => undefined);
  }

  /**
   * Removes all that is over now.
   *
   * @throws OAuthError 503 when the database cannot answer
   */
  sweep(): Promise<void> {
    return this.inTurn(async () => {
      while (!this.isStopped && (await this.sweepBatch()));
    });
  }

  private async sweepOrWarn(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      if (!this.isStopped) this.logger.warn(`${this.sweeping.warning}: ${String(error)}`);
    }
  }
}
