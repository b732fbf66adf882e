import { InvalidArgumentError } from 'commander';

/** The value of a flag that stands once. */
export function flagValue(value: string, previous?: string): string {
  if (previous !== undefined) throw new InvalidArgumentError('Give this flag once.');
  return given(value);
}

/** The values of a flag that may stand several times. */
export function flagValues(value: string, previous: readonly string[] = []): string[] {
  return [...previous, given(value)];
}

/** An empty value is a variable of the shell that is not set, more often than not. */
function given(value: string): string {
  if (value === '') throw new InvalidArgumentError('Its value is empty.');
  return value;
}
