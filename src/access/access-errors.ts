import { OAuthError } from '../oauth-error/oauth-error.js';
import type { Attempt } from './refusals/refusals.js';
import type { Scope } from './scopes.js';

/** 401 for a request without credentials. The challenge names no error (RFC 6750 §3.1). */
export function credentialsMissing(): OAuthError {
  return new OAuthError(
    401,
    'invalid_token',
    'Credentials are missing: send an API key or an access token as Authorization: Bearer …, or present a client certificate.',
    { headers: { 'WWW-Authenticate': 'Bearer' } },
  );
}

/** 401 `invalid_token` (RFC 6750 §3.1) for credentials that are malformed or unknown: callers are not told which. */
export function credentialsRefused(): OAuthError {
  return new OAuthError(401, 'invalid_token', 'The credentials are not valid here, or no longer.', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}

/**
 * What to throw for credentials that are malformed or unknown, which count from now on: {@link credentialsRefused}, or 429 when too many
 * came from the same source.
 *
 * @param attempt `undefined` where nothing is counted
 */
export function countedRefusal(attempt: Attempt | undefined): OAuthError {
  return attempt?.refused() ?? credentialsRefused();
}

/**
 * 403 `insufficient_scope` (RFC 6750 §3.1) for a principal that lacks a scope.
 *
 * @param what the subject of the sentence. Default `This`
 */
export function scopeMissing(scope: Scope, what = 'This'): OAuthError {
  return new OAuthError(403, 'insufficient_scope', `${what} needs the scope ${scope}.`, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}

/** 403 `insufficient_scope`: a change of this member of a client is a change of its secrets. */
export function secretsScopeMissing(member: string): OAuthError {
  return scopeMissing('secrets:write', `Changing ${member}`);
}

/** 403 `access_denied`: a principal that is bound to an owner names another one. */
export function foreignOwner(): OAuthError {
  return OAuthError.accessDenied('owner must be left out, or name the owner that the credentials are bound to.');
}
