import type { JWTPayload } from 'jose';
import { isOwner } from '../ownership.js';
import type { Principal } from '../principal.js';
import { ALL_SCOPES } from '../scopes.js';

/**
 * Who holds a token, by its claims.
 *
 * @param ownerClaim name of the claim that names the owner; `''` when tokens are bound to none
 * @throws Error when the token names nobody, or not the owner that it must name
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

/** A claim as the name of somebody: at most 255 characters, none of them a control character. */
function nameIn(claim: unknown): string | undefined {
  return typeof claim === 'string' && /^\P{Cc}{1,255}$/u.test(claim) ? claim : undefined;
}

/** The words of a claim: a text with spaces between them (RFC 9068 §2.2.3), or a list. */
function wordsIn(claim: unknown): readonly unknown[] {
  return typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
}
