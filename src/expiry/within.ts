import { parseLifespan } from '../fields/lifespan.js';

const DAY = 86_400;
/** How far a caller may look ahead, in days. */
export const MOST_DAYS = 366;

/** Describes a valid time ahead, as the end of a sentence. */
export const WITHIN = `a time from 1s to ${MOST_DAYS}d, such as 30d, 12h or 1d12h`;

/**
 * Reads how soon something ends: days, a lifespan such as `12h30m`, or both.
 *
 * @returns whole seconds, from 1 up to 366 days; `undefined` when the text is not such a time
 */
export function withinSeconds(text: string): number | undefined {
  const [, days = '0', rest = ''] = /^(?:(\d{1,9})d)?(.*)$/s.exec(text) ?? [];
  const lifespan = rest === '' ? 0n : parseLifespan(rest);
  const seconds = lifespan === undefined ? 0 : Number(days) * DAY + Number(lifespan / 1_000_000_000n);
  return seconds < 1 || seconds > MOST_DAYS * DAY ? undefined : seconds;
}
