import type { LoggerService } from '@nestjs/common';

/** A logger for an application in this process, and all that it was given so far. */
export function keptLog(): { logger: LoggerService; text: () => string } {
  const lines: string[] = [];
  const keep = (message: unknown) => void lines.push(String(message));
  return { logger: { log: keep, error: keep, warn: keep }, text: () => lines.join('\n') };
}
