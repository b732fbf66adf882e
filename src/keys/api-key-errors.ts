import { scopeMissing } from '../access/access-errors.js';
import type { Scope } from '../access/scopes.js';
import { OAuthError } from '../oauth-error/oauth-error.js';

/** Maximum number of API keys per registry. */
export const MOST_KEYS = 1000;

/** 404: there is no such key, or the caller may not see it. */
export function unknownKey(): OAuthError {
  return OAuthError.notFound('There is no API key with this id.');
}

/** 403 `insufficient_scope`: a caller cannot give a key a scope that the caller lacks. */
export function scopeNotHeld(scope: Scope): OAuthError {
  return scopeMissing(scope, 'Giving a key this scope');
}

/**
 * 403 `access_denied`: a key or token cannot outlive the API key that makes it.
 *
 * @param end when the API key that makes it ends, in seconds since the epoch
 */
export function outlivesMaker(end: number): OAuthError {
  return OAuthError.accessDenied(
    `expires_at must not be later than ${end}, when the API key ends that makes this one; 0 is later.`,
  );
}

/** 409: the registry already has the maximum number of keys. */
export function tooManyKeys(): OAuthError {
  return OAuthError.conflict(`There are ${MOST_KEYS} API keys already: revoke those that nobody uses.`);
}
