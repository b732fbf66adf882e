import { foreignOwner } from './access-errors.js';
import type { Principal } from './principal.js';

/** Is this the name of an owner? A text without control characters, which has at least one character. */
export function isOwner(value: unknown): value is string {
  return typeof value === 'string' && /^\P{Cc}+$/u.test(value);
}

/**
 * The owner of what an actor writes.
 *
 * @param given the owner that it names; `''` when it names none
 * @returns for a principal with an owner that one; otherwise `given`
 * @throws OAuthError 403 when a principal with an owner names another one
 */
export function ownerFor(actor: Principal | undefined, given: string): string {
  if (actor?.owner === undefined) return given;
  if (given !== '' && given !== actor.owner) throw foreignOwner();
  return actor.owner;
}
