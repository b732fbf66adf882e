import { OAuthError } from '../../oauth-error/oauth-error.js';

/** 409: another client has this `client_id`. */
export function clientIdTaken(id: string): OAuthError {
  return OAuthError.conflict(`A client with the client_id ${id} exists already: choose another one.`);
}

/** 409: a client has the `client_id` of the removed one. */
export function clientIdInUse(): OAuthError {
  return OAuthError.conflict('A client with this client_id exists: the removed one cannot be restored beside it.');
}

/** 404: the client exists, but the secret does not. */
export function unknownSecret(): OAuthError {
  return OAuthError.notFound('The client has no secret with this id.');
}

/** 400: clients with this `token_endpoint_auth_method` have no secrets. */
export function methodWithoutSecrets(method: string): OAuthError {
  return OAuthError.invalidRequest(`The client has no secrets, since its token_endpoint_auth_method is ${method}.`);
}

/** 409: revoking the secret would leave the client without a valid one. */
export function lastValidSecret(): OAuthError {
  return OAuthError.conflict('This is the last valid secret of the client: add ?force=true to revoke it all the same.');
}

/** 409: the current secret has expired, so revoking the older ones would leave the client without a valid one. */
export function olderSecretIsLastValid(): OAuthError {
  return OAuthError.conflict('The current secret has expired, and only older ones are valid: rotate first.');
}
