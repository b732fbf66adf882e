/** Names of pino's levels, as wide as the longest. */
const LEVELS: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO ', 40: 'WARN ', 50: 'ERROR', 60: 'FATAL' };

/** Control and format characters except the line feed: they could steer a terminal or reverse its text. */
const STEERING = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The members of every line; `context` names the part that wrote it, if it has a name. */
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
 * Formats a line of the log for people: time of day (UTC), level, context, message, and the other members as `name=value`.
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
