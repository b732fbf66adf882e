import { randomBytes } from 'node:crypto';
import { fieldsOf, holdsNothing } from '../fields/field.js';
import { usesSecret } from '../clients/metadata/client-metadata.rules.js';
import { OpenIdMembers } from '../clients/metadata/members/openid-members.js';
import { GRANT_OF } from '../clients/metadata/standard/grants-and-responses.js';
import { keyKindFault, keysOf } from '../clients/metadata/values/key-set.js';
import type { Jwk } from '../clients/metadata/values/key-kinds.js';
import type { ShownClient } from '../clients/store/client-answer.js';

/**
 * Secret of every client towards the provider, which derives symmetric keys from it, so nobody may know it. Nothing that a client presents is
 * compared with it.
 */
const NO_SECRET = randomBytes(32).toString('base64url');

/** Members that mean the same on both sides; unset, they are left out. */
const SAME = [
  'client_name',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'redirect_uris',
  'post_logout_redirect_uris',
  'subject_type',
  'token_endpoint_auth_method',
  'request_object_signing_alg',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
  'tls_client_auth_subject_dn',
  'tls_client_auth_san_dns',
  'tls_client_auth_san_uri',
  'tls_client_auth_san_ip',
  'tls_client_auth_san_email',
] as const satisfies (keyof ShownClient)[];

/** Other standard members: the provider reads those of its features, and rejects a client with a value that it does not support. */
const STANDARD = fieldsOf(OpenIdMembers)
  .map(({ name }) => name as keyof OpenIdMembers & keyof ShownClient)
  .filter((name) => !name.endsWith('_lifespan') && name !== 'application_type');

/** Members of a client in the provider's form. */
export interface ExpressedClient {
  client_id: string;
  grant_types: string[];
  response_types: string[];
  [member: string]: unknown;
}

/**
 * Translates a client of the registry for the provider. Scope, secrets, contacts and key URL are left out: the registry handles them.
 *
 * @param keys its public keys
 */
export function expressed(client: ShownClient, keys: readonly Jwk[]): ExpressedClient {
  const same = [...SAME, ...STANDARD]
    .map((name) => [name, client[name]] as const)
    .filter(([, value]) => value !== undefined && !holdsNothing(value));
  return {
    client_id: client.client_id,
    ...Object.fromEntries(same),
    ...uses(client),
    application_type: client.application_type === 'native' || isNative(client) ? 'native' : 'web',
    ...(usesSecret(client) && { client_secret: NO_SECRET }),
    ...(client.userinfo_signed_response_alg !== 'none' && {
      userinfo_signed_response_alg: client.userinfo_signed_response_alg,
    }),
    ...(client.subject_type === 'pairwise' && {
      sector_identifier_uri: client.sector_identifier_uri || undefined,
    }),
    // Present even when empty: some authentication methods require it.
    jwks: { keys: keys.filter(isUsable) },
  };
}

/** Returns the keys that a client has registered inline, as `jwks`. */
export function inlineKeysOf({ jwks }: Partial<ShownClient>): readonly Jwk[] {
  return keysOf(jwks ?? {});
}

/** Returns grant types and response types with the defaults of RFC 7591 §2; without a redirect URI, no response types. */
function uses({ grant_types = [], response_types = [], redirect_uris = [] }: Partial<ShownClient>): {
  grant_types: string[];
  response_types: string[];
} {
  const registered = grant_types.length > 0 ? grant_types : ['authorization_code'];
  const types = response_types.length > 0 ? response_types : ['code'];
  const possible = redirect_uris.length > 0 ? types : [];
  const isRegistered = (part: string) => {
    const grant = GRANT_OF.get(part);
    return grant === undefined || registered.includes(grant);
  };
  const answered = possible.filter((type) => type.split(' ').every(isRegistered));
  return { grant_types: [...registered], response_types: answered };
}

/** Whether a client has a URI with a private-use scheme (RFC 8252 §7.1). */
function isNative({ redirect_uris = [], post_logout_redirect_uris = [] }: Partial<ShownClient>): boolean {
  return [...redirect_uris, ...post_logout_redirect_uris].some((uri) => !/^https?:/i.test(uri));
}

/** Whether the provider accepts a key. It rejects the whole client for one key that it does not accept. */
function isUsable(jwk: Jwk): boolean {
  const { alg = 'x', kid = 'x', use = 'x' } = jwk;
  return keyKindFault(jwk) === undefined && [alg, kid, use].every((text) => typeof text === 'string' && text !== '');
}
