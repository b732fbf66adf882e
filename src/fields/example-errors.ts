import { OAuthError } from '../oauth-error/oauth-error.js';
import { traitsOf } from './body-class.decorator.js';
import { faultsOf, fieldOf } from './field.js';

/** Returns the error that `work` throws, so that the OpenAPI document shows the actual response. */
export function refusalOf(work: () => unknown): OAuthError {
  try {
    work();
  } catch (error) {
    if (error instanceof OAuthError) return error;
    throw error;
  }
  throw new Error('An example of a refusal was accepted.');
}

/** Returns the error of a body whose members hold these invalid values. */
export function badMembers<T extends object>(type: new () => T, members: Partial<T>): OAuthError {
  const [first, ...others] = Object.entries(members).flatMap(([name, value]) =>
    faultsOf(fieldOf(type, name as string & keyof T), value),
  );
  if (!first) throw new Error('An example of invalid members is valid.');
  return traitsOf(type).refuse([first, ...others]);
}
