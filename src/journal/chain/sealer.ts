import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { limitOf } from '../../concurrency/limit.js';
import { apart } from '../../telemetry/spans.js';
import { BATCH, ChainStatements } from './chain.statements.js';

/** How long after a commit of this process its change is sealed, in milliseconds: later changes share the batch. */
const DELAY = 250;
/** How often it looks for changes of other processes, in milliseconds. */
const INTERVAL = 5000;
/** How often the head is logged, in milliseconds: a copy of the log proves what the chain was. */
const HOUR = 3_600_000;

/**
 * Gives committed changes their places in the chain, soon after the commit. Of all processes on a database, one seals at a time. The timers keep no
 * process alive.
 */
@Injectable()
export class Sealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Sealer.name);
  private readonly inTurn = limitOf(1);
  private readonly timers: NodeJS.Timeout[] = [];
  private soon?: NodeJS.Timeout | undefined;
  private isStopped = false;
  private hasFailed = false;

  constructor(private readonly statements: ChainStatements) {}

  /** Starts to look for changes of other processes. */
  onApplicationBootstrap(): void {
    this.timers.push(
      setInterval(() => this.wake(), INTERVAL).unref(),
      setInterval(() => void this.logHead(), HOUR).unref(),
    );
    this.wake();
  }

  /** Stops after the current batch; the remaining changes are sealed by another process, or after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.soon);
    for (const timer of this.timers) clearInterval(timer);
    await this.inTurn(() => undefined);
  }

  /** Schedules sealing after a short delay. */
  wake(): void {
    if (this.isStopped) return;
    this.soon ??= apart(() => setTimeout(() => void this.sealSoon(), DELAY).unref());
  }

  /**
   * Seals all committed changes, those of this process and of others.
   *
   * @throws OAuthError 503 when the database cannot answer
   */
  seal(): Promise<void> {
    return this.inTurn(() => this.sealAll());
  }

  private async sealAll(): Promise<void> {
    if (!(await this.statements.waits())) return;
    let sealed = BATCH;
    while (sealed === BATCH && !this.isStopped) sealed = await this.statements.seal();
  }

  /** Seals; logs only the first of several failures in a row. */
  private async sealSoon(): Promise<void> {
    this.soon = undefined;
    try {
      await this.seal();
      this.hasFailed = false;
    } catch (error) {
      if (!this.hasFailed && !this.isStopped)
        this.logger.warn(`Changes are not sealed, and it tries again: ${reasonOf(error as Error)}`);
      this.hasFailed = true;
    }
  }

  private async logHead(): Promise<void> {
    try {
      const { position, seal } = await this.statements.head();
      this.logger.log(`The head of the journal is position ${position}, seal ${seal || 'none'}.`);
    } catch (error) {
      this.logger.warn(`The head of the journal cannot be read: ${reasonOf(error as Error)}`);
    }
  }
}

/** Returns the database's own message, if the error has it. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message : message;
}
