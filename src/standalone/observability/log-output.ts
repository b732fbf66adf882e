import { pino, type DestinationStream } from 'pino';

/** How long a line waits for others, in milliseconds: a separate write would cost a request more than everything else about its line. */
const DELAY = 20;

/** Most bytes that wait for a slow reader of standard output; further lines are dropped. */
const MOST_WAITING = 8 * 1024 * 1024;

/** How long a process that ends waits for a slow reader, in milliseconds. */
const PATIENCE = 1000;

/** A line that is formatted when it is written: formatting many in a row takes half the time of formatting each between requests. */
export type Later = () => string;

/**
 * Standard output for lines of the log: requests never wait for its reader. When the process ends, the waiting lines are written, unless
 * nobody reads them for a second.
 */
export class LogOutput implements DestinationStream {
  private readonly stream = pino.destination({
    // Reading `process.stdout` makes Node open it, and a pipe then does not block: a write that blocks would keep the process from ending.
    dest: process.stdout.fd,
    sync: false,
    maxLength: MOST_WAITING,
    retryEAGAIN: () => Date.now() < this.until,
  });

  /** When to stop waiting for a reader that does not read, by `Date.now()`. */
  private until = Number.POSITIVE_INFINITY;

  private waiting: (string | Later)[] = [];
  private timer?: NodeJS.Timeout | undefined;
  private isKept = false;
  private isOver = false;

  /** @param shown returns the text to write for a line. Default: the line itself */
  constructor(private readonly shown = (line: string) => line) {
    this.stream.on('error', () => this.giveUp());
  }

  /** Queues a line, which is written soon. */
  write(line: string | Later): void {
    if (this.isOver) return;
    this.waiting.push(line);
    this.timer ??= setTimeout(() => this.pass(), DELAY);
    if (this.isKept) return;
    this.isKept = true;
    // Runs before pino's own listener, which waits for ever.
    process.prependListener('exit', () => this.flushSync());
  }

  /** Writes the waiting lines synchronously; pino calls this after a line of the level `fatal`. */
  flushSync(): void {
    if (this.isOver) return;
    if (this.waiting.length > 0) this.pass();
    this.end();
    try {
      this.stream.flushSync();
      this.until = Number.POSITIVE_INFINITY;
    } catch {
      this.giveUp();
    }
  }

  /** Declares that the process is about to end: from now on it waits at most a second for a reader that does not read. */
  end(): void {
    this.until = Math.min(this.until, Date.now() + PATIENCE);
  }

  private pass(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.waiting;
    this.waiting = [];
    if (this.isOver) return;
    this.stream.write(lines.map((line) => this.shown(typeof line === 'string' ? line : line())).join(''));
  }

  private giveUp(): void {
    this.isOver = true;
    this.stream.destroy();
  }
}
