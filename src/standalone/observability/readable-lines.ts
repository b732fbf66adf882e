/** Names of pino's levels, as wide as the longest. */
const LEVELS: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO ', 40: 'WARN ', 50: 'ERROR', 60: 'FATAL' };

/** Control and format characters, which could steer a terminal or reverse its text, but the end of a line. */
const STEERING = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** What every line has, and the name of the part that wrote it, if it has one. */
interface Line {
  level: number;
  time: string;
  context?: string;
  msg: string;
}

function harmless(text: string): string {
  return text.replaceAll(STEERING, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * A line of the log for people: time of day (UTC), level, context, message, and the other members as `name=value`.
 *
 * @param line as pino writes it: one JSON object, with the end of the line
 */
export function readableLine(line: string): string {
  const { level, time, context, msg, ...more } = JSON.parse(line) as Line;
  const clock = time.slice(11, 23);
  const members = Object.entries(more).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const parts = [clock, LEVELS[level], context && `[${context}]`, msg, ...members];
  return `${harmless(parts.filter(Boolean).join(' '))}\n`;
}
