import { InvalidArgumentError } from 'commander';

/** Parses a flag with a seal. @throws InvalidArgumentError unless it has the form of one */
export function seal(value: string): string {
  if (/^[\da-f]{64}$/.test(value)) return value;
  throw new InvalidArgumentError('It must be a seal: 64 digits from 0 to f.');
}

/** Parses a flag with a position. @throws InvalidArgumentError unless it is a whole number */
export function position(value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
}
