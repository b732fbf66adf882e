import type { LoggerService } from '@nestjs/common';
import { pino, type Level, type Logger } from 'pino';
import type { NamedRequest } from '../../oauth-error/request-id.js';
import { LogOutput } from './log-output.js';
import { readableLine } from './readable-lines.js';
import type { RequestLine } from '../../clients/mount/request-line.js';

/** Contexts of the lines that Nest logs about its own start, one for each module and each route: level `debug`. */
const CHATTER = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** The end of a timestamp for each millisecond of a second. */
const MILLISECONDS = Array.from({ length: 1000 }, (_, at) => `${String(at).padStart(3, '0')}Z"`);

/** Makes a function like pino's `isoTime` that takes a third of its time: it formats the part down to the second once a second. */
function lineTime(): (now?: number) => string {
  let second = 0;
  let text = '';
  return (now = Date.now()) => {
    const part = now % 1000;
    if (now - part !== second) {
      second = now - part;
      text = `,"time":"${new Date(second).toISOString().slice(0, -4)}`;
    }
    return text + MILLISECONDS[part];
  };
}

function isNamedRequest(value: unknown): value is NamedRequest {
  return typeof value === 'object' && value !== null && 'request_id' in value;
}

/** Writes Nest's log messages to standard output, one per line. */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;
  private readonly output: LogOutput;
  private readonly time = lineTime();

  /**
   * @param level least severe level that is written, such as `info`, or `silent`
   * @param format `json`, `pretty` for people, or `auto`: `pretty` where standard output is a terminal. Default `auto`
   */
  constructor(level: string, format = 'auto') {
    const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
    this.output = new LogOutput(isPretty ? readableLine : undefined);
    this.pino = pino({ level, base: undefined, timestamp: () => this.time() }, this.output);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(CHATTER.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Whether lines of this level are written. */
  writes(level: Level): boolean {
    return this.pino.isLevelEnabled(level);
  }

  /** Says that the process is about to end, see {@link LogOutput.end}. */
  end(): void {
    this.output.end();
  }

  /** Writes the line about one request in pino's form, but without pino: most lines of a busy service are of this kind. */
  request(level: Level, line: RequestLine): void {
    const now = Date.now();
    const number = pino.levels.values[level];
    this.output.write(
      () => `{"level":${number}${this.time(now)},${JSON.stringify(line).slice(1, -1)},"msg":"request"}\n`,
    );
  }

  /**
   * Writes a line; Nest passes the context last. Of an error it writes only the stack, and of an object only the request id: their other
   * properties may hold the values of a query.
   */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const text = message instanceof Error ? (message.stack ?? message.message) : message;
    const named = rest.find(isNamedRequest);
    this.pino[level](
      { context: typeof context === 'string' ? context : undefined, request_id: named?.request_id },
      String(text),
    );
  }
}
