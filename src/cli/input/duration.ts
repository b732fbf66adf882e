import { InvalidArgumentError } from 'commander';
import { flagValue } from './flag-value.js';

/** Seconds of each unit. */
const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/**
 * Parses a flag with a duration: a whole number of minutes, hours or days.
 *
 * @returns seconds
 * @throws InvalidArgumentError when it is not one, or given again
 */
export function durationValue(value: string, previous?: number): number {
  const [, digits, unit = ''] = /^([1-9]\d{0,5})([mhd])$/.exec(flagValue(value, previous?.toString())) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('Give minutes, hours or days, such as 30m, 12h or 90d.');
  return Number(digits) * (UNITS[unit] ?? 0);
}
