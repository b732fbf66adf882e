import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config/config.js';
import type { PinoLogger } from './observability/pino-logger.js';

/** Signals that end the service. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

type Signal = (typeof SIGNALS)[number];

/** How long after a signal others count as the same one, in milliseconds: npm passes on what a terminal sends to both. */
const SAME = 500;

const LATE =
  'The service did not close within SHUTDOWN_TIMEOUT, most likely because its database did not answer. The process ends nevertheless.';

/** An application as Nest's class closes it: its interface leaves out the signal, which hooks of the shutdown receive. */
export interface Closable {
  close: (signal: string) => Promise<void>;
}

/** What a signal ends. */
interface Running {
  app: Closable;
  /** Says to those who ask that the service is about to end. */
  announce: () => void;
}

/** Ends the process: in peace after a signal, and at once after a second one, or after an error that nobody caught. */
export class ProcessEnd {
  private running?: Running;
  private begun?: number;

  constructor(
    private readonly logger: PinoLogger,
    private readonly config: Pick<Config, 'SHUTDOWN_DELAY' | 'SHUTDOWN_TIMEOUT'>,
  ) {}

  /** Waits for signals and errors from now on. Until {@link ends} is called, a signal ends the process at once. */
  watch(): void {
    for (const signal of SIGNALS) process.on(signal, () => this.receive(signal));
    // A rejection that nobody handles arrives here, too.
    process.on('uncaughtException', (error: unknown) => {
      // Only the stack: properties of the error may hold the values of a query.
      const what = error instanceof Error ? error.stack : 'a value that is not an Error was thrown';
      this.giveUp(`The process ends because of an error that nobody caught: ${what}`);
    });
  }

  /**
   * Says what the next signal ends. After `SHUTDOWN_DELAY` the application is closed, within `SHUTDOWN_TIMEOUT` whatever its callers and its
   * database do.
   */
  ends(running: Running): void {
    this.running = running;
  }

  private receive(signal: Signal): void {
    const now = performance.now();
    if (this.running && this.begun === undefined) {
      this.begun = now;
      void this.close(this.running, signal);
    } else if (this.begun === undefined || now - this.begun > SAME) {
      process.exit(128 + constants.signals[signal]);
    }
  }

  /** The process then ends by itself, not by `process.exit`: only so does libsql close its files, and SQLite remove its log. */
  private async close({ app, announce }: Running, signal: Signal): Promise<void> {
    announce();
    await sleep(this.config.SHUTDOWN_DELAY);
    setTimeout(() => this.giveUp(LATE), this.config.SHUTDOWN_TIMEOUT).unref();
    await app.close(signal).catch((error: Error) => this.giveUp(`The service did not close: ${error.message}`));
    this.logger.end();
  }

  private giveUp(message: string): never {
    this.logger.error(message);
    process.exit(1);
  }
}
