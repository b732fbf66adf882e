import { OAuthError } from '../oauth-error/oauth-error.js';

/** The challenge of RFC 7617 for a client that tried Basic. */
const BASIC = { headers: { 'WWW-Authenticate': 'Basic realm="clients", charset="UTF-8"' } };

/**
 * 401 `invalid_client` (RFC 6749 §5.2). The message is the same for an unknown client, a wrong or ended secret, a suspended client and a
 * method that is not the registered one, so that a guesser learns nothing.
 *
 * @param triedBasic whether the client used the header `Authorization`. Default false
 */
export function clientRefused(triedBasic = false): OAuthError {
  return new OAuthError(401, 'invalid_client', 'The client could not be authenticated.', triedBasic ? BASIC : {});
}

/** 400 `invalid_request` (RFC 6749 §2.3): the client authenticates in more than one way. */
export function severalMethods(): OAuthError {
  return OAuthError.invalidRequest('A client must use only one method of authentication in a request.');
}

/** 400 `invalid_request` (RFC 6749 §3.2): a parameter of the form is repeated. */
export function repeatedParameter(name: string): OAuthError {
  return OAuthError.invalidRequest(`${name} must not be repeated in the form.`);
}

/** 400 `invalid_request`: a member of the request has the wrong type. */
export function wrongMember(name: string, text: string): OAuthError {
  const detail = `${name} ${text}.`;
  return OAuthError.invalidRequest(detail, [{ pointer: `/${name}`, detail }]);
}

/** 429 `too_many_requests` (RFC 6585 §4): too many wrong secrets came from one source. */
export function tooManyGuesses(seconds: number): OAuthError {
  return new OAuthError(429, 'too_many_requests', 'Too many wrong secrets came from this source. Try again later.', {
    headers: { 'Retry-After': String(seconds) },
  });
}
