import type { Rule } from '../../fields/rule.js';
import { ALGORITHMS } from '../../jwt/algorithms.js';
import { SECRET_METHODS, type ClientMetadata } from './client-metadata.js';
import type { ClientInput } from './client.dto.js';
import { keyKindFault, keysOf } from './values/key-set.js';
import { faultAt, type Fault } from '../../oauth-error/oauth-error.js';
import { importedHashFault } from '../../secrets/imported/imported-hash.js';
import { epochSeconds } from '../../secrets/secret-set.js';
import { originOf } from './values/uri.js';

/** Whether the client authenticates with a secret. */
export function usesSecret({
  token_endpoint_auth_method: method,
}: Pick<ClientMetadata, 'token_endpoint_auth_method'>): boolean {
  return (SECRET_METHODS as readonly string[]).includes(method);
}

function fault(member: keyof ClientInput, text: string): Fault[] {
  return [faultAt([member], text)];
}

/** RFC 7591 §2: jwks_uri and jwks must not both be present. */
function oneKeySource({ jwks, jwks_uri }: ClientInput): Fault[] {
  return jwks_uri && 'keys' in jwks ? fault('jwks', 'and jwks_uri cannot both be set: choose one') : [];
}

function assertionsNeedKeys({ token_endpoint_auth_method, jwks, jwks_uri }: ClientInput): Fault[] {
  if (token_endpoint_auth_method !== 'private_key_jwt' || jwks_uri || keysOf(jwks).length > 0) return [];
  return fault(
    'jwks',
    'with at least one key, or jwks_uri, must be set when token_endpoint_auth_method is private_key_jwt',
  );
}

function assertionsAreAsymmetric({
  token_endpoint_auth_method,
  token_endpoint_auth_signing_alg: alg,
}: ClientInput): Fault[] {
  if (token_endpoint_auth_method !== 'private_key_jwt' || alg === '' || ALGORITHMS.includes(alg)) return [];
  return fault(
    'token_endpoint_auth_signing_alg',
    `must be one of ${ALGORITHMS.join(', ')} when token_endpoint_auth_method is private_key_jwt`,
  );
}

function keysArePublic({ jwks }: ClientInput): Fault[] {
  return keysOf(jwks).flatMap((jwk, at) => {
    const detail = keyKindFault(jwk);
    return detail ? [faultAt(['jwks', 'keys', at], detail)] : [];
  });
}

/** The members by which a caller can choose the secret of a client. */
type GivenSecret = Pick<ClientInput, 'client_secret' | 'client_secret_hash'>;

/** A secret and a hash cannot both be given. */
function oneSecretSource({ client_secret, client_secret_hash }: GivenSecret): Fault[] {
  return client_secret && client_secret_hash
    ? fault('client_secret_hash', 'and client_secret cannot both be set: choose one')
    : [];
}

async function secretHashIsComparable({ client_secret_hash: hash }: GivenSecret): Promise<Fault[]> {
  const text = hash && (await importedHashFault(hash));
  return text ? fault('client_secret_hash', text) : [];
}

/** Returns why a secret that a caller chose is rejected, as the end of a sentence; `undefined` when it is accepted. */
export type SecretCheck = (secret: string) => string | undefined;

/**
 * Returns the rules for a secret that the caller chose: it must have an allowed length, and must not look like a generated one. A hash must
 * be one that the registry can verify. Only one of the two may be given.
 */
export function givenSecretIsUsable(faultOf: SecretCheck): readonly Rule<GivenSecret>[] {
  const chosenIsAllowed = ({ client_secret }: GivenSecret): Fault[] => {
    const text = client_secret && faultOf(client_secret);
    return text ? fault('client_secret', text) : [];
  };
  return [
    { reads: ['client_secret'], check: chosenIsAllowed },
    { reads: ['client_secret', 'client_secret_hash'], check: oneSecretSource },
    { reads: ['client_secret_hash'], check: secretHashIsComparable },
  ];
}

/** Stricter than OpenID Connect RP-Initiated Logout §3.1: users are sent only to hosts that may receive authorization responses. */
function logoutStaysWithClient({ post_logout_redirect_uris, redirect_uris }: ClientInput): Fault[] {
  const origins = new Set(redirect_uris.map(originOf));
  return post_logout_redirect_uris.flatMap((uri, at) =>
    origins.has(originOf(uri))
      ? []
      : [faultAt(['post_logout_redirect_uris', at], 'must share scheme, host and port with one of redirect_uris')],
  );
}

/** Returns the fault of an expiry in the past. */
export function pastExpiry(member: string): Fault {
  return faultAt([member], 'must lie in the future, or be 0 for never');
}

/**
 * Returns the rule that the expiry of a secret lies in the future, or is 0 for never. The stored expiry is accepted even when it has passed,
 * so that a caller can send a client back as it was read.
 *
 * @param member the member with the expiry
 * @param stored expiry of the current secret in seconds since the epoch. Default 0
 */
export function expiryLiesAhead<M extends string>(member: M, stored = 0): Rule<Record<M, number>> {
  return {
    reads: [member],
    check: ({ [member]: expiry }) =>
      expiry !== 0 && expiry <= epochSeconds() && expiry !== stored ? [pastExpiry(member)] : [],
  };
}

/** As {@link expiryLiesAhead}, for the current secret of a client. */
export function secretExpiryLiesAhead(stored?: number): Rule<ClientInput> {
  return expiryLiesAhead('client_secret_expires_at', stored);
}

/**
 * Returns the rules for every client, whatever its stored state, in the order in which their faults are reported. Do not add new rules here
 * but to `laterRules`: stored clients may break them.
 */
export function clientRules(secretFaultOf: SecretCheck): readonly Rule<ClientInput>[] {
  return [
    { reads: ['jwks'], check: keysArePublic },
    { reads: ['jwks', 'jwks_uri'], check: oneKeySource },
    { reads: ['token_endpoint_auth_method', 'jwks', 'jwks_uri'], check: assertionsNeedKeys },
    { reads: ['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg'], check: assertionsAreAsymmetric },
    ...givenSecretIsUsable(secretFaultOf),
    { reads: ['redirect_uris', 'post_logout_redirect_uris'], check: logoutStaysWithClient },
  ];
}
