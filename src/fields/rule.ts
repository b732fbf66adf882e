import type { Fault } from '../oauth-error/oauth-error.js';
import { traitsOf } from './body-class.decorator.js';

/** A rule across the members of an input. It is skipped when a member that it reads is itself invalid. */
export interface Rule<T> {
  reads: readonly (keyof T)[];
  check: (input: T) => Fault[] | Promise<Fault[]>;
}

/**
 * Checks an input against rules across its members, and rejects it if there are faults.
 *
 * @param type the class of the input, which determines the error
 * @param faults faults that were found before; they come first in the error
 * @throws OAuthError 400 with every fault
 */
export async function requireRules<T extends object>(
  type: new () => T,
  input: T,
  rules: readonly Rule<T>[],
  faults: readonly Fault[] = [],
): Promise<void> {
  const found = rules.map(({ check }) => check(input));
  // Most rules return synchronously: awaiting dozens of them would cost more than they do.
  const areKnown = found.every((one) => Array.isArray(one));
  const broken = areKnown ? found : await Promise.all(found.map((one) => Promise.resolve(one)));
  requireNoFaults(type, [...faults, ...broken.flat()]);
}

/**
 * Rejects an input that has faults.
 *
 * @param type the class of the input, which determines the error
 * @throws OAuthError 400 with every fault
 */
export function requireNoFaults(type: new () => object, [first, ...others]: readonly Fault[]): void {
  if (first) throw traitsOf(type).refuse([first, ...others]);
}
