import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config/config.js';
import type { PinoLogger } from './observability/pino-logger.js';

/** Signals that end the service. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

type Signal = (typeof SIGNALS)[number];

/** For how long further signals count as the first one, in milliseconds: a terminal signals npm and the service, and npm passes its signal on. */
const SAME = 500;

const LATE =
  'The service did not close within SHUTDOWN_TIMEOUT, most likely because its database did not answer. The process ends nevertheless.';

/** An application that closes as Nest's class does: Nest's interface omits the signal, which shutdown hooks receive. */
export interface Closable {
  close: (signal: string) => Promise<void>;
}

/** The application that a signal ends. */
interface Running {
  app: Closable;
  /** Makes the readiness check report that the service is about to end. */
  announce: () => void;
}

/** Ends the process: gracefully after a signal, immediately after a second signal or an uncaught error. */
export class ProcessEnd {
  private running?: Running;
  private begun?: number;

  constructor(
    private readonly logger: PinoLogger,
    private readonly config: Pick<Config, 'SHUTDOWN_DELAY' | 'SHUTDOWN_TIMEOUT'>,
  ) {}

  /** Handles signals and uncaught errors from now on. Until {@link ends} is called, a signal ends the process immediately. */
  watch(): void {
    for (const signal of SIGNALS) process.on(signal, () => this.receive(signal));
    // Unhandled rejections arrive here, too.
    process.on('uncaughtException', (error: unknown) => {
      // Only the stack: properties of the error may hold the values of a query.
      const what = error instanceof Error ? error.stack : 'a value that is not an Error was thrown';
      this.giveUp(`The process ends because of an error that nobody caught: ${what}`);
    });
  }

  /**
   * Sets what the next signal ends. The application is closed after `SHUTDOWN_DELAY`. If its callers or its database prevent that for
   * `SHUTDOWN_TIMEOUT`, the process exits nevertheless.
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

  /** Closes the application. The process then ends without `process.exit`: only so does libsql close its files and SQLite remove its log. */
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
