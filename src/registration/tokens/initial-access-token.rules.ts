import { ownerFor } from '../../access/ownership.js';
import type { Principal } from '../../access/principal.js';
import { expiryLiesAhead } from '../../clients/metadata/client-metadata.rules.js';
import type { Rule } from '../../fields/rule.js';
import { requireEndBefore } from '../../keys/api-key.rules.js';
import { faultAt } from '../../oauth-error/oauth-error.js';
import type { InitialAccessTokenInput } from './initial-access-token.dto.js';

/** The rules for every initial access token, in the order in which their faults are reported. */
export const TOKEN_RULES: readonly Rule<InitialAccessTokenInput>[] = [
  { reads: ['label'], check: ({ label }) => (label === '' ? [faultAt(['label'], 'must be given')] : []) },
  expiryLiesAhead('expires_at'),
];

/**
 * Requires that a token names an existing policy: otherwise it could not be used.
 *
 * @param names of the policies; `undefined` when they are not known here: then any name is accepted
 */
export function namesPolicy(names: readonly string[] | undefined): Rule<InitialAccessTokenInput> {
  const fault = () => faultAt(['policy'], `must name a policy that there is: ${[...new Set(names)].join(', ')}`);
  return { reads: ['policy'], check: ({ policy }) => (!names || names.includes(policy) ? [] : [fault()]) };
}

/**
 * Returns the token that a principal may make from an input: it has the principal's owner, and does not outlive the principal's API key.
 *
 * @param input as {@link TOKEN_RULES} accept it
 * @returns the input with the owner of the token
 * @throws OAuthError 403 that names what the maker must not give
 */
export function narrowed(maker: Principal | undefined, input: InitialAccessTokenInput): InitialAccessTokenInput {
  requireEndBefore(maker, input.expires_at);
  return { ...input, owner: ownerFor(maker, input.owner) };
}
