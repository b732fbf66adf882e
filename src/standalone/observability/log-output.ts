import { pino, type DestinationStream } from 'pino';

/** How long a line waits for others, in milliseconds: a write of its own would cost a request more than all else about its line. */
const DELAY = 20;

/** How many bytes wait at most for a reader of standard output that is slow; further lines are dropped. */
const MOST_WAITING = 8 * 1024 * 1024;

/** How long a process that ends waits for such a reader, in milliseconds. */
const PATIENCE = 1000;

/** A line that is made when it is written: many in a row cost a processor half of as many between requests. */
export type Later = () => string;

/**
 * Standard output, for lines of the log: nobody waits for who reads it. When the process ends, what waits is written, unless nobody reads
 * it for a second.
 */
export class LogOutput implements DestinationStream {
  private readonly stream = pino.destination({
    // To ask for it makes Node open it, and a pipe then does not block: a write that blocks would keep the process from ending.
    dest: process.stdout.fd,
    sync: false,
    maxLength: MOST_WAITING,
    retryEAGAIN: () => Date.now() < this.until,
  });

  /** Until when a reader that does not read is waited for, as `Date.now()` has it. */
  private until = Number.POSITIVE_INFINITY;

  private waiting: (string | Later)[] = [];
  private timer?: NodeJS.Timeout | undefined;
  private isKept = false;
  private isOver = false;

  /** @param shown what is written of a line. Default the line */
  constructor(private readonly shown = (line: string) => line) {
    this.stream.on('error', () => this.giveUp());
  }

  /** Writes a line soon. */
  write(line: string | Later): void {
    if (this.isOver) return;
    this.waiting.push(line);
    this.timer ??= setTimeout(() => this.pass(), DELAY);
    if (this.isKept) return;
    this.isKept = true;
    // Before pino's own listener, which waits for ever.
    process.prependListener('exit', () => this.flushSync());
  }

  /** Writes what waits, at once; pino does so after a line of the level `fatal`. */
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

  /** Says that the process is about to end: from now on a reader that does not read is waited for no longer than a second. */
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
