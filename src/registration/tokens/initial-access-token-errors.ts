import { OAuthError } from '../../oauth-error/oauth-error.js';

/** Most initial access tokens of a registry. */
export const MOST_TOKENS = 1000;

/** 404: there is no such token, or the caller may not see it. */
export function unknownToken(): OAuthError {
  return OAuthError.notFound('There is no initial access token with this id.');
}

/** 409: the registry has as many tokens as it keeps, and all of them can still be used. */
export function tooManyTokens(): OAuthError {
  return OAuthError.conflict(
    `There are ${MOST_TOKENS} initial access tokens already that can be used: revoke those that nobody needs.`,
  );
}
