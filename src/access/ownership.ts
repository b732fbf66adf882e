import { foreignOwner } from './access-errors.js';
import type { Principal } from './principal.js';

/** Whether a value can name an owner: a text of at least one character, without control characters. */
export function isOwner(value: unknown): value is string {
  return typeof value === 'string' && /^\P{Cc}+$/u.test(value);
}

/**
 * Returns the owner of what an actor writes.
 *
 * @param given the owner that the actor names; `''` when it names none
 * @returns the actor's own owner if it has one; otherwise `given`
 * @throws OAuthError 403 when a principal with an owner names another one
 */
export function ownerFor(actor: Principal | undefined, given: string): string {
  if (actor?.owner === undefined) return given;
  if (given !== '' && given !== actor.owner) throw foreignOwner();
  return actor.owner;
}
