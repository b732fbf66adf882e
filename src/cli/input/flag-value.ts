import { InvalidArgumentError } from 'commander';
import { parseOrUndefined } from '../../json/json-text.js';
import { listEntries } from './list-entries.js';

/** Parses the value of a flag or an argument; `previous` is the result for an earlier value of the same flag or argument. */
export type ValueParser<T> = (value: string, previous?: T) => T;

/**
 * Parses a flag or an argument that may be given only once.
 *
 * @throws InvalidArgumentError when it is given again, or empty
 */
export const flagValue: ValueParser<string> = (value, previous) => {
  if (previous !== undefined) throw new InvalidArgumentError('Give this flag only once.');
  return given(value);
};

/**
 * Parses a flag with a list: entries separated by commas, in one flag or in several, see {@link listEntries}.
 *
 * @throws InvalidArgumentError when an entry is empty, or a quotation mark is not closed
 */
export const listValue: ValueParser<string[]> = (value, previous = []) => {
  const entries = listEntries(value);
  if (!entries)
    throw new InvalidArgumentError('A quotation mark is not closed: write "" for one within quotation marks.');
  return [...previous, ...entries.map(given)];
};

/**
 * Parses an argument that may be repeated.
 *
 * @throws InvalidArgumentError when it is empty
 */
export const argumentValues: ValueParser<string[]> = (value, previous = []) => [...previous, given(value)];

/**
 * Parses a flag with a whole number.
 *
 * @throws InvalidArgumentError when it is not one, or given again
 */
export const numberValue: ValueParser<string> = (value, previous) => {
  if (!/^\d{1,15}$/.test(flagValue(value, previous))) throw new InvalidArgumentError('Give a whole number.');
  return value;
};

/**
 * Checks a flag with JSON, and returns its text.
 *
 * @throws InvalidArgumentError when it is not JSON, or given again
 */
export const jsonValue: ValueParser<string> = (value, previous) => {
  if (parseOrUndefined(flagValue(value, previous)) === undefined) throw new InvalidArgumentError('Give JSON.');
  return value;
};

/** Rejects an empty value, whose usual cause is an unset shell variable. */
function given(value: string): string {
  if (value === '') throw new InvalidArgumentError('The value is empty.');
  return value;
}
