import { ownerFor } from '../access/ownership.js';
import { mayDo, type Principal } from '../access/principal.js';
import type { Scope } from '../access/scopes.js';
import { expiryLiesAhead } from '../clients/metadata/client-metadata.rules.js';
import type { Rule } from '../fields/rule.js';
import { faultAt } from '../oauth-error/oauth-error.js';
import { outlivesMaker, scopeNotHeld } from './api-key-errors.js';
import type { ApiKeyInput } from './api-key.dto.js';

/** The rules for every API key, in the order in which their faults are reported. */
export const KEY_RULES: readonly Rule<ApiKeyInput>[] = [
  { reads: ['name'], check: ({ name }) => (name === '' ? [faultAt(['name'], 'must be given')] : []) },
  {
    reads: ['scopes'],
    check: ({ scopes }) => (scopes.length === 0 ? [faultAt(['scopes'], 'must name at least one scope')] : []),
  },
  expiryLiesAhead('expires_at'),
];

/**
 * Returns the key that a principal may make from an input. Rejects a key that may do more than its maker, or for longer.
 *
 * @param input as {@link KEY_RULES} accept it
 * @returns the input with the owner of the key, and with each scope once
 * @throws OAuthError 403 that names what the maker may not give
 */
export function narrowed(maker: Principal | undefined, input: ApiKeyInput): ApiKeyInput {
  const scopes = [...new Set(input.scopes)];
  const missing = (scopes as Scope[]).find((scope) => !mayDo(maker, scope));
  if (missing !== undefined) throw scopeNotHeld(missing);
  requireEndBefore(maker, input.expires_at);
  return { ...input, scopes, owner: ownerFor(maker, input.owner) };
}

/**
 * Rejects a credential that would outlive the API key that makes it.
 *
 * @param expiresAt when the new credential ends, in seconds since the epoch; 0 = never
 * @throws OAuthError 403 `access_denied`
 */
export function requireEndBefore(maker: Principal | undefined, expiresAt: number): void {
  const end = maker?.expiresAt ?? 0;
  if (end !== 0 && (expiresAt === 0 || expiresAt > end)) throw outlivesMaker(end);
}
