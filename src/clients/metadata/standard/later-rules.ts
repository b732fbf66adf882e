import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { faultAt, type Fault } from '../../../oauth-error/oauth-error.js';
import type { Rule } from '../../../fields/rule.js';
import { CERTIFICATE_RULE } from '../certificate-names.js';
import { redirectsFitApplication } from './application-type.js';
import { OPENID_RULES } from './openid-rules.js';
import type { ClientMetadata } from '../client-metadata.js';
import type { Jwk } from '../values/key-kinds.js';
import { keyMemberFaults, keysOf } from '../values/key-set.js';
import { missingSchemeFault } from '../values/missing-scheme.js';
import { webHostOf } from '../values/uri.js';

/** Number of keys that are checked in one turn of the event loop; a key with certificates takes a fraction of a millisecond. */
const KEYS_PER_TURN = 10;

/** Keys follow the JOSE standards, see {@link keyMemberFaults}. */
function keysFollowStandards({ jwks }: ClientMetadata): Fault[] | Promise<Fault[]> {
  const keys = keysOf(jwks);
  return keys.length > KEYS_PER_TURN ? inTurns(keys) : keys.flatMap(faultsOfKey);
}

async function inTurns(keys: readonly Jwk[]): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [at, jwk] of keys.entries()) {
    if (at > 0 && at % KEYS_PER_TURN === 0) await setImmediate();
    faults.push(...faultsOfKey(jwk, at));
  }
  return faults;
}

function faultsOfKey(jwk: Jwk, at: number): Fault[] {
  return keyMemberFaults(jwk).map(({ member, detail }) =>
    faultAt(['jwks', 'keys', at, ...(member === undefined ? [] : [member])], detail),
  );
}

/** A JWT access token would reveal the subject that pairwise identifiers hide from the client (OpenID Connect Core §8.1). */
function pairwiseNeedsOpaqueTokens({ subject_type, access_token_strategy }: ClientMetadata): Fault[] {
  if (subject_type !== 'pairwise' || access_token_strategy !== 'jwt') return [];
  return [
    faultAt(
      ['subject_type'],
      'must not be pairwise when access_token_strategy is jwt: such tokens show the real subject',
    ),
  ];
}

/** OpenID Connect Core §8.1: without a sector identifier URI, all redirect URIs must have one host, which is the sector. */
function pairwiseHasOneSector({ subject_type, sector_identifier_uri, redirect_uris }: ClientMetadata): Fault[] {
  const hosts = new Set(redirect_uris.flatMap((uri) => webHostOf(uri) ?? []));
  if (subject_type !== 'pairwise' || sector_identifier_uri || hosts.size <= 1) return [];
  return [
    faultAt(
      ['sector_identifier_uri'],
      'must be set when subject_type is pairwise and redirect_uris have several hosts',
    ),
  ];
}

/** `localhost:3000/cb` is not a redirect URI, see {@link missingSchemeFault}. */
function redirectsHaveSchemes(name: 'redirect_uris' | 'post_logout_redirect_uris'): Rule<ClientMetadata> {
  const check = (metadata: ClientMetadata): Fault[] =>
    metadata[name].flatMap((uri, at) => {
      const detail = missingSchemeFault(uri);
      return detail === undefined ? [] : [faultAt([name, at], detail)];
    });
  return { reads: [name], check };
}

/** The rules that were added when stored clients might already break them. */
const LATER_RULES: readonly Rule<ClientMetadata>[] = [
  { reads: ['jwks'], check: keysFollowStandards },
  { reads: ['subject_type', 'access_token_strategy'], check: pairwiseNeedsOpaqueTokens },
  { reads: ['subject_type', 'sector_identifier_uri', 'redirect_uris'], check: pairwiseHasOneSector },
  redirectsHaveSchemes('redirect_uris'),
  redirectsHaveSchemes('post_logout_redirect_uris'),
  CERTIFICATE_RULE,
  redirectsFitApplication(),
  ...OPENID_RULES,
];

/**
 * Returns the rules that were added later. A new client must obey all of them. A change must obey those that read a member which it
 * changes, so that a client stored earlier can still be renamed, but cannot get another wrong value.
 *
 * @param before the client as it is stored; `undefined` for a new client
 */
export function laterRules(before?: ClientMetadata): readonly Rule<ClientMetadata>[] {
  return judgingChanges(LATER_RULES, before);
}

/**
 * Returns rules that check only the members that a change modifies.
 *
 * @param before the client as it is stored; without it, the rules check everything
 */
export function judgingChanges<T>(rules: readonly Rule<T>[], before?: T): readonly Rule<T>[] {
  if (!before) return rules;
  return rules.map(({ reads, check }) => ({
    reads,
    check: (input) => (reads.some((name) => !isDeepStrictEqual(input[name], before[name])) ? check(input) : []),
  }));
}
