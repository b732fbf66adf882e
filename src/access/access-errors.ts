import { OAuthError } from '../oauth-error/oauth-error.js';
import type { Attempt } from './refusals/refusals.js';
import type { Scope } from './scopes.js';

/** Returns 401 for a request without credentials. The challenge contains no error code (RFC 6750 §3.1). */
export function credentialsMissing(): OAuthError {
  return new OAuthError(
    401,
    'invalid_token',
    'Credentials are missing: send an API key or an access token as Authorization: Bearer …, or present a client certificate.',
    { headers: { 'WWW-Authenticate': 'Bearer' } },
  );
}

/** Returns 401 `invalid_token` (RFC 6750 §3.1) for credentials that are malformed or unknown; the response does not reveal which. */
export function credentialsRefused(): OAuthError {
  return new OAuthError(401, 'invalid_token', 'The credentials are not valid here, or no longer.', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}

/**
 * Counts malformed or unknown credentials, and returns the error to throw: {@link credentialsRefused}, or 429 when too many came from the
 * same source.
 *
 * @param attempt the counted attempt; `undefined` where nothing is counted
 */
export function countedRefusal(attempt: Attempt | undefined): OAuthError {
  return attempt?.refused() ?? credentialsRefused();
}

/**
 * Returns 403 `insufficient_scope` (RFC 6750 §3.1) for a principal that lacks a scope.
 *
 * @param what the subject of the sentence. Default `This`
 */
export function scopeMissing(scope: Scope, what = 'This'): OAuthError {
  return new OAuthError(403, 'insufficient_scope', `${what} needs the scope ${scope}.`, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}

/** Returns 403 `insufficient_scope`: changing this member of a client changes its secrets. */
export function secretsScopeMissing(member: string): OAuthError {
  return scopeMissing('secrets:write', `Changing ${member}`);
}

/** Returns 403 `access_denied`: a principal that is bound to an owner names another one. */
export function foreignOwner(): OAuthError {
  return OAuthError.accessDenied('owner must be left out, or name the owner that the credentials are bound to.');
}
