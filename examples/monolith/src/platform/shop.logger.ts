import type { LoggerService } from '@nestjs/common';

/** Writes each log entry as one line of JSON to standard output. */
export class ShopLogger implements LoggerService {
  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  private write(level: string, message: unknown, rest: unknown[]): void {
    const text = message instanceof Error ? message.stack : message;
    process.stdout.write(`${JSON.stringify({ shop: level, context: rest.at(-1), message: text })}\n`);
  }
}
