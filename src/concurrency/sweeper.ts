import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { limitOf } from './limit.js';

/** How a {@link Sweeper} works. */
export interface Sweeping {
  /** Time between two sweeps, in milliseconds. */
  interval: number;
  /** What a failure means; the log line begins with it. */
  warning: string;
}

/**
 * Removes what has expired, in batches: at start, and at intervals. Several processes can sweep at the same time. Its timer does not
 * keep the process alive.
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

  /** Removes one batch, and returns whether there may be more. */
  protected abstract sweepBatch(): Promise<boolean>;

  /** Starts the first sweep and the timer. */
  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweepOrWarn(), this.sweeping.interval).unref();
    void this.sweepOrWarn();
  }

  /** Stops after the current batch. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.inTurn(() => undefined);
  }

  /**
   * Removes everything that has expired by now.
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
