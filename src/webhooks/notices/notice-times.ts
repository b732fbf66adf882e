import { ValidateBy } from 'class-validator';
import { WITHIN, withinSeconds } from '../../expiry/within.js';

/** The value with which no notices are made. */
const OFF = 'off';
/** Maximum number of times at which notices are made. */
const MOST_TIMES = 10;

/**
 * Parses the times before the end of a secret at which notices are made.
 *
 * @param text times as `GET /admin/expiring` accepts them, separated by commas, or `off`
 * @returns the times in seconds, the shortest first; `undefined` when one is invalid, or when there are more than ten
 */
export function noticeTimes(text: string): number[] | undefined {
  if (text === OFF) return [];
  const times = text.split(',').map((one) => withinSeconds(one.trim()));
  const known = times.filter((one) => one !== undefined);
  return known.length < times.length || known.length > MOST_TIMES ? undefined : known.toSorted((a, b) => a - b);
}

/** Accepts times at which notices are made, or `off`. */
export function NoticeTimes(): PropertyDecorator {
  return ValidateBy({
    name: 'noticeTimes',
    validator: {
      validate: (value) => typeof value === 'string' && noticeTimes(value) !== undefined,
      defaultMessage: () => `must be off, or up to ${MOST_TIMES} times separated by commas, each ${WITHIN}`,
    },
  });
}
