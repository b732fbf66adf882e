import { faultAt, OAuthError, type Fault } from '../oauth-error/oauth-error.js';

/**
 * 401 `invalid_token` (RFC 6750 §3.1). The text is the same for an unknown client, a token of another client, a token that has ended and a
 * suspended client, so that guessing reveals nothing.
 *
 * @param isMissing whether the request has no credentials: then the challenge names no error. Default false
 */
export function registrationRefused(isMissing = false): OAuthError {
  return new OAuthError(
    401,
    'invalid_token',
    'This needs the registration access token of the client, as Authorization: Bearer …; what was sent is not it, or no longer.',
    { headers: { 'WWW-Authenticate': isMissing ? 'Bearer' : 'Bearer error="invalid_token"' } },
  );
}

/** 400 `invalid_request` for a token in the query (RFC 6750 §2.3), whatever token it is. */
export function tokenInQuery(): OAuthError {
  return OAuthError.invalidRequest('access_token must not be in the query: send the token as Authorization: Bearer ….');
}

/** The fault of a `client_id` that is not the client's own (RFC 7592 §2.2). */
export function otherClientId(): Fault {
  return faultAt(['client_id'], 'must be that of the client whose configuration this is, or be left out');
}

/** The fault of a `client_secret` that is not one of the client's secrets (RFC 7592 §2.2). */
export function otherSecret(): Fault {
  return faultAt(
    ['client_secret'],
    'must be a secret that the client has, or be left out: the registry chooses secrets',
  );
}

/** The fault of a member that the registry chooses. */
export function notChosen(member: 'client_secret' | 'client_secret_hash'): Fault {
  return faultAt([member], 'must be left out: the registry chooses the secret');
}
