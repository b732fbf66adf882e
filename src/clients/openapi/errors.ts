import { OAuthError } from '../../oauth-error/oauth-error.js';

/** Refusals as Swagger UI shows them, word for word as the registry answers; a test asks for each of them. */

function fault(pointer: string, text: string): { pointer: string; detail: string } {
  return { pointer, detail: `${text}.` };
}

const NO_JSON = OAuthError.invalidRequest('The body is not valid JSON.');
const BAD_MEMBERS = OAuthError.invalidMetadata([
  fault('/redirect_uris/0', 'redirect_uris[0] must not contain a fragment (#)'),
  fault(
    '/token_endpoint_auth_method',
    'token_endpoint_auth_method must be one of client_secret_basic, client_secret_post, private_key_jwt, tls_client_auth, self_signed_tls_client_auth, none',
  ),
]);
const BAD_OPERATION = 'Operation 0 (replace /nickname) leads nowhere: nothing is there';
const DURATION = 'must be a sequence of numbers with units (ns, us, µs, ms, s, m, h), such as 1h30m';
const LIFESPAN = 'client_credentials_grant_access_token_lifespan';
const BAD_IF_MATCH = OAuthError.invalidRequest('If-Match must be * or a list of entity tags in double quotes.');
const NO_SECRETS = OAuthError.invalidRequest(
  'The client has no secrets, since its token_endpoint_auth_method is none.',
);

/** A path with a broken escape. */
export const BAD_PATH = OAuthError.invalidRequest('The request is malformed.');

/** Faults of requests (400), by what is asked for. */
export const FAULTS = {
  create: [BAD_MEMBERS, NO_JSON],
  list: [
    OAuthError.invalidRequest('created_after must be a time such as 2026-01-31T12:00:00Z.'),
    OAuthError.invalidRequest('colour is not a query parameter of this list.'),
  ],
  patch: [
    OAuthError.invalidRequest(`${BAD_OPERATION}.`, [fault('/0', BAD_OPERATION)]),
    BAD_MEMBERS,
    NO_JSON,
    BAD_IF_MATCH,
  ],
  replace: [BAD_MEMBERS, NO_JSON, BAD_IF_MATCH],
  remove: [BAD_IF_MATCH],
  lifespans: [OAuthError.invalidMetadata([fault(`/${LIFESPAN}`, `${LIFESPAN} ${DURATION}`)]), NO_JSON, BAD_IF_MATCH],
  addSecret: [
    OAuthError.invalidMetadata([fault('/expires_at', 'expires_at must lie in the future, or be 0 for never')]),
    NO_SECRETS,
    NO_JSON,
    BAD_IF_MATCH,
  ],
  rotate: [OAuthError.invalidMetadata([fault('/grace', `grace ${DURATION}`)]), NO_SECRETS, NO_JSON, BAD_IF_MATCH],
  forgetOlder: [NO_SECRETS, BAD_IF_MATCH],
  revoke: [BAD_IF_MATCH],
} satisfies Record<string, [OAuthError, ...OAuthError[]]>;

/** What is not there (404). */
export const UNKNOWN_SECRET = OAuthError.notFound('The client has no secret with this id.');

/** What stands in the way (409), by what is asked for. */
export const CONFLICTS = {
  create: OAuthError.conflict('A client with the client_id orders-web exists already: choose another one.'),
  forgetOlder: OAuthError.conflict(
    'The current secret has ended, and an older one is the last valid one: rotate first.',
  ),
  revoke: OAuthError.conflict('This is the last valid secret of the client: add ?force=true to end it all the same.'),
};
