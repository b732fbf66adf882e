import type { Rule } from '../../../fields/rule.js';
import { faultAt, type Fault } from '../../../oauth-error/oauth-error.js';
import type { ClientMetadata } from '../client-metadata.js';

/** The grant types that a client may register by itself: those that a standard defines. */
export const KNOWN_GRANTS: readonly string[] = [
  'authorization_code',
  'implicit',
  'password',
  'client_credentials',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
];

/** The grant type that each part of a response type requires (RFC 7591 §2.1, OpenID Connect Registration §2). */
export const GRANT_OF: ReadonlyMap<string, string> = new Map([
  ['code', 'authorization_code'],
  ['token', 'implicit'],
  ['id_token', 'implicit'],
]);
/** The response type that has no parts (OAuth 2.0 Multiple Response Types §4). */
const NO_RESPONSE = 'none';

/** The members with the grant types and response types of a client. */
export type Uses = Pick<ClientMetadata, 'grant_types' | 'response_types'>;

/** How registrations with unknown grant types are handled. */
export interface GrantRules {
  /** `refuse`: 400; `narrow`: unknown grant types are left out of the client (RFC 7591 §2). Default `refuse`. */
  unknownGrants?: 'refuse' | 'narrow';
}

/** A client that does not exist yet. */
const NONE: Uses = { grant_types: [], response_types: [] };

function grantsOf(type: string): string[] {
  return type.split(' ').flatMap((part) => GRANT_OF.get(part) ?? []);
}

/**
 * Returns grant types and response types; if one list is unset, it is derived from the other (RFC 7591 §2.1): `code` from
 * `authorization_code` and the reverse, `token` from `implicit`, no response type from other grant types. If both are unset, they are
 * `authorization_code` and `code`.
 */
export function usesOf({ grant_types, response_types }: Uses): Uses {
  if (grant_types.length === 0 && response_types.length === 0)
    return { grant_types: ['authorization_code'], response_types: ['code'] };
  if (response_types.length === 0)
    return {
      grant_types,
      response_types: ['code', 'token'].filter((type) => grant_types.includes(GRANT_OF.get(type) ?? '')),
    };
  return {
    grant_types: grant_types.length > 0 ? grant_types : [...new Set(response_types.flatMap(grantsOf))],
    response_types,
  };
}

/** As {@link usesOf}, without unknown grant types, unless the client already has them. */
export function knownUsesOf({ grant_types, response_types }: Uses, before: Uses = NONE): Uses {
  const known = grant_types.filter((grant) => isKnownOrOld(grant, before));
  return usesOf({ grant_types: known, response_types });
}

function isKnownOrOld(grant: string, before: Uses): boolean {
  return KNOWN_GRANTS.includes(grant) || before.grant_types.includes(grant);
}

/** Whether the response type is `none`, or all of its parts are known and distinct, in any order. */
function isKnownResponse(type: string): boolean {
  const parts = type.split(' ');
  return type === NO_RESPONSE || (parts.every((part) => GRANT_OF.has(part)) && new Set(parts).size === parts.length);
}

function unknownGrantFaults({ grant_types }: Uses, before: Uses, isNarrowed: boolean): Fault[] {
  const text = `must be one of ${KNOWN_GRANTS.join(', ')}`;
  const unknown = grant_types.flatMap((grant, at) => (isKnownOrOld(grant, before) ? [] : [at]));
  // Without any known grant type the list would become empty, which means `authorization_code`: another kind of client.
  if (isNarrowed && unknown.length < grant_types.length) return [];
  return unknown.map((at) => faultAt(['grant_types', at], text));
}

/** RFC 7591 §2.1: each response type needs its grant types, and each grant type of the authorization endpoint needs a response type. */
function agreementFaults({ grant_types, response_types }: Uses): Fault[] {
  const used = new Set(response_types.flatMap(grantsOf));
  const lacking = [...used].filter((grant) => !grant_types.includes(grant));
  const idle = [...new Set(GRANT_OF.values())].filter((grant) => grant_types.includes(grant) && !used.has(grant));
  return [
    ...lacking.map((grant) => faultAt(['grant_types'], `must contain ${grant}, which response_types uses`)),
    ...idle.map((grant) => {
      const parts = [...GRANT_OF].flatMap(([part, of]) => (of === grant ? [part] : []));
      return faultAt(['response_types'], `must contain one with ${parts.join(' or ')}, since grant_types has ${grant}`);
    }),
  ];
}

/**
 * Returns the rules for grant types and response types of clients that register themselves (RFC 7591 §2.1). The admin API accepts any.
 *
 * @param before the client as it is stored, which may keep what an administrator gave it. Default: a new client
 */
export function usesRules({ unknownGrants }: GrantRules, before: Uses = NONE): readonly Rule<Uses>[] {
  const isNarrowed = unknownGrants === 'narrow';
  const responsesAreKnown = ({ response_types }: Uses): Fault[] =>
    response_types.flatMap((type, at) =>
      isKnownResponse(type) || before.response_types.includes(type)
        ? []
        : [faultAt(['response_types', at], `must be ${NO_RESPONSE}, or made of ${[...GRANT_OF.keys()].join(', ')}`)],
    );
  const agree = (uses: Uses): Fault[] => agreementFaults(isNarrowed ? knownUsesOf(uses, before) : usesOf(uses));
  return [
    { reads: ['grant_types'], check: (uses) => unknownGrantFaults(uses, before, isNarrowed) },
    { reads: ['response_types'], check: responsesAreKnown },
    { reads: ['grant_types', 'response_types'], check: agree },
  ];
}
