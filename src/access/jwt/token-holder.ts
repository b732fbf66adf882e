import type { JWTPayload } from 'jose';
import { isOwner } from '../ownership.js';
import type { Principal } from '../principal.js';
import { ALL_SCOPES } from '../scopes.js';

/**
 * Returns the principal that a token's claims name.
 *
 * @param ownerClaim name of the claim that contains the owner; `''` when tokens are not bound to owners
 * @throws Error when the token names no principal, or lacks a required owner
 */
export function holderOf(claims: JWTPayload, ownerClaim: string): Principal {
  const client = nameIn(claims['client_id']);
  const id = nameIn(claims.sub) ?? client;
  if (id === undefined) throw new Error('it has neither sub nor client_id');
  const words = wordsIn(claims['scope'] ?? claims['scp']);
  const scopes = ALL_SCOPES.filter((scope) => words.includes(scope));
  const holder: Principal = { type: 'jwt', id, name: nameIn(claims['name']) ?? client ?? id, scopes };
  if (ownerClaim === '') return holder;
  const owner = claims[ownerClaim];
  if (isOwner(owner)) return { ...holder, owner };
  if (scopes.includes('owners:all')) return holder;
  throw new Error(`its claim ${ownerClaim} names no owner`);
}

/** Returns a claim if it can serve as a name: 1 to 255 characters, none of them a control character. */
function nameIn(claim: unknown): string | undefined {
  return typeof claim === 'string' && /^\P{Cc}{1,255}$/u.test(claim) ? claim : undefined;
}

/** Returns the words of a claim: a text with spaces between them (RFC 9068 §2.2.3), or a list. */
function wordsIn(claim: unknown): readonly unknown[] {
  return typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
}
