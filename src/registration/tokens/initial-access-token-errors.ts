import { OAuthError } from '../../oauth-error/oauth-error.js';

/** Most initial access tokens of a registry. */
export const MOST_TOKENS = 1000;

/** 404: there is no such token, or the caller is not allowed to see it. */
export function unknownToken(): OAuthError {
  return OAuthError.notFound('There is no initial access token with this id.');
}

/** 409: the registry has as many tokens as it keeps, and all of them are still usable. */
export function tooManyTokens(): OAuthError {
  return OAuthError.conflict(
    `There are ${MOST_TOKENS} initial access tokens already that can be used: revoke those that nobody needs.`,
  );
}

/** 401 for a registration without an initial access token where one is required. The challenge names no error (RFC 6750 §3.1). */
export function initialTokenMissing(): OAuthError {
  return new OAuthError(
    401,
    'invalid_token',
    'Clients are registered here with an initial access token: ask whoever runs the registry for one, and send it as Authorization: Bearer ….',
    { headers: { 'WWW-Authenticate': 'Bearer' } },
  );
}

/** 401 `invalid_token` (RFC 6750 §3.1): the token is unknown, revoked, ended or used up, or its policy is gone; callers are not told which. */
export function initialTokenRefused(): OAuthError {
  return new OAuthError(401, 'invalid_token', 'The initial access token is not valid here, or no longer.', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}
