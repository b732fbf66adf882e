import { scopeMissing } from '../access/access-errors.js';
import type { Scope } from '../access/scopes.js';
import { OAuthError } from '../oauth-error/oauth-error.js';

/** Most API keys of a registry. */
export const MOST_KEYS = 1000;

/** 404: there is no such key, or the caller may not see it. */
export function unknownKey(): OAuthError {
  return OAuthError.notFound('There is no API key with this id.');
}

/** 403 `insufficient_scope`: nobody gives a key a scope that they lack. */
export function scopeNotHeld(scope: Scope): OAuthError {
  return scopeMissing(scope, 'Giving a key this scope');
}

/**
 * 403 `access_denied`: no key or token outlives the key that made it.
 *
 * @param end of the key that makes it, in seconds since the epoch
 */
export function outlivesMaker(end: number): OAuthError {
  return OAuthError.accessDenied(
    `expires_at must not be later than ${end}, when the API key ends that makes this one; 0 is later.`,
  );
}

/** 409: the registry has as many keys as it keeps. */
export function tooManyKeys(): OAuthError {
  return OAuthError.conflict(`There are ${MOST_KEYS} API keys already: revoke those that nobody uses.`);
}
