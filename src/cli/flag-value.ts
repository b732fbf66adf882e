import { InvalidArgumentError } from 'commander';

/** The value of a flag that stands once. An empty one is a variable of the shell that is not set, more often than not. */
export function flagValue(value: string, previous?: string): string {
  if (value === '') throw new InvalidArgumentError('Its value is empty.');
  if (previous !== undefined) throw new InvalidArgumentError('Give this flag once.');
  return value;
}
