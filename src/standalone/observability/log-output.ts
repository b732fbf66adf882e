import { pino, type DestinationStream } from 'pino';

/** How long a line waits for others, in milliseconds: a write of its own would cost a request more than all else about its line. */
const DELAY = 20;

/** How many bytes wait at most for a reader of standard output that is slow; further lines are dropped. */
const MOST_WAITING = 8 * 1024 * 1024;

/** Standard output, for lines of the log: nobody waits for who reads it. When the process ends, what waits is written. */
export class LogOutput implements DestinationStream {
  private readonly stream = pino.destination({ dest: 1, sync: false, maxLength: MOST_WAITING });
  private waiting = '';
  private timer?: NodeJS.Timeout | undefined;
  private isKept = false;

  /** @param shown what is written of a line. Default the line */
  constructor(private readonly shown = (line: string) => line) {}

  /** Writes a line soon. */
  write(line: string): void {
    this.waiting += this.shown(line);
    this.timer ??= setTimeout(() => this.pass(), DELAY);
    if (this.isKept) return;
    this.isKept = true;
    process.on('exit', () => this.flushSync());
  }

  /** Writes what waits, at once; pino does so after a line of the level `fatal`. */
  flushSync(): void {
    if (this.waiting !== '') this.pass();
    this.stream.flushSync();
  }

  private pass(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.waiting;
    this.waiting = '';
    this.stream.write(lines);
  }
}
