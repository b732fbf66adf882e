import { InvalidArgumentError } from 'commander';

/**
 * Parses the value of a flag that may be given only once.
 *
 * @throws InvalidArgumentError when it is given again, or empty
 */
export function flagValue(value: string, previous?: string): string {
  if (previous !== undefined) throw new InvalidArgumentError('Give this flag only once.');
  return given(value);
}

/**
 * Parses the values of a flag that may be given several times.
 *
 * @throws InvalidArgumentError when a value is empty
 */
export function flagValues(value: string, previous: readonly string[] = []): string[] {
  return [...previous, given(value)];
}

/** Refuses an empty value: most often a shell variable is not set. */
function given(value: string): string {
  if (value === '') throw new InvalidArgumentError('The value is empty.');
  return value;
}
