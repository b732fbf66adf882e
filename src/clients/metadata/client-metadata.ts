import { ApiSchema } from '@nestjs/swagger';
import {
  ChoiceField,
  EpochField,
  fieldsOf,
  FlagField,
  JsonField,
  LifespanField,
  ListField,
  TextField,
  UriField,
  URI_MAX_LENGTH,
  type Field,
} from './client-metadata.fields.js';
import { keySetShapeFault } from './key-set.js';
import { httpsUrlFault, logoutUriFault, normaliseOrigin, originFault, redirectUriFault, webUrlFault } from './uri.js';

/** Longest `client_name` and longest `owner`, in characters. */
export const NAME_MAX_LENGTH = 512;
/** Methods whose clients prove themselves with a secret; all others get none. */
export const SECRET_METHODS = ['client_secret_basic', 'client_secret_post'] as const;
/** How clients can prove who they are at the token endpoint. */
export const AUTH_METHODS = [
  ...SECRET_METHODS,
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const;

/** How long each kind of token lives, for each grant; `null` leaves it to the authorization server. */
@ApiSchema({
  name: 'oAuth2ClientTokenLifespans',
  description: 'Lifespans of the tokens that each grant issues, as durations such as `1h30m`.',
})
export class TokenLifespans {
  @LifespanField('Access tokens of the authorization code grant.')
  authorization_code_grant_access_token_lifespan: string | null = null;
  @LifespanField('ID tokens of the authorization code grant.')
  authorization_code_grant_id_token_lifespan: string | null = null;
  @LifespanField('Refresh tokens of the authorization code grant.')
  authorization_code_grant_refresh_token_lifespan: string | null = null;
  @LifespanField('Access tokens of the client credentials grant.')
  client_credentials_grant_access_token_lifespan: string | null = null;
  @LifespanField('Access tokens of the implicit grant.')
  implicit_grant_access_token_lifespan: string | null = null;
  @LifespanField('ID tokens of the implicit grant.')
  implicit_grant_id_token_lifespan: string | null = null;
  @LifespanField('Access tokens of the JWT bearer grant (RFC 7523).')
  jwt_bearer_grant_access_token_lifespan: string | null = null;
  @LifespanField('ID tokens of the refresh token grant.')
  refresh_token_grant_id_token_lifespan: string | null = null;
  @LifespanField('Access tokens of the refresh token grant.')
  refresh_token_grant_access_token_lifespan: string | null = null;
  @LifespanField('Refresh tokens of the refresh token grant.')
  refresh_token_grant_refresh_token_lifespan: string | null = null;
  @LifespanField('ID tokens of the device authorization grant (RFC 8628).')
  device_authorization_grant_id_token_lifespan: string | null = null;
  @LifespanField('Access tokens of the device authorization grant (RFC 8628).')
  device_authorization_grant_access_token_lifespan: string | null = null;
  @LifespanField('Refresh tokens of the device authorization grant (RFC 8628).')
  device_authorization_grant_refresh_token_lifespan: string | null = null;
}

/** What a client says of itself (RFC 7591 §2 and the extensions of the admin API), with the default of each member. */
export class ClientMetadata extends TokenLifespans {
  @TextField('Name shown to the people who are asked for consent.', { max: NAME_MAX_LENGTH, example: 'Orders web' })
  client_name = '';
  @ListField(
    'Where authorization responses may be sent; compared letter by letter.',
    {
      max: URI_MAX_LENGTH,
      check: redirectUriFault,
      term: 'redirect_uri',
      example: ['https://app.example.com/callback'],
    },
    { format: 'uri' },
  )
  redirect_uris: string[] = [];
  @ListField('Grants that the client uses; none means `authorization_code`.', {
    term: 'grant_type',
    example: ['authorization_code', 'refresh_token'],
  })
  grant_types: string[] = [];
  @ListField('Response types that the client uses; none means `code`.', { term: 'response_type', example: ['code'] })
  response_types: string[] = [];
  @TextField('Scopes that the client may ask for, separated by blanks.', {
    max: 8192,
    example: 'openid offline_access orders:read',
  })
  scope = 'offline_access offline openid';
  @ListField('Audiences that the client may ask tokens for.', { example: ['https://api.example.com/orders'] })
  audience: string[] = [];
  @TextField('Who answers for the client, in the words of your organisation.', {
    max: NAME_MAX_LENGTH,
    example: 'team-orders',
  })
  owner = '';
  @UriField('Page that tells how the client uses what it learns about people.', {
    example: 'https://app.example.com/privacy',
  })
  policy_uri = '';
  @ListField('Origins from which scripts may call the token endpoints.', {
    check: originFault,
    normalise: normaliseOrigin,
    max: URI_MAX_LENGTH,
    example: ['https://app.example.com'],
  })
  allowed_cors_origins: string[] = [];
  @UriField("Page with the client's terms of service.", { example: 'https://app.example.com/terms' })
  tos_uri = '';
  @UriField('Home page of the client.', { example: 'https://app.example.com' })
  client_uri = '';
  @UriField('Logo shown to the people who are asked for consent.', { example: 'https://app.example.com/logo.png' })
  logo_uri = '';
  @ListField('People to ask about the client, mostly e-mail addresses.', { example: ['ops@example.com'] })
  contacts: string[] = [];
  @EpochField('When the current secret ends, in seconds since the epoch; 0 = never.')
  client_secret_expires_at = 0;
  @ChoiceField('How the subject is named to the client (OpenID Connect Core §8).', ['public', 'pairwise'])
  subject_type = 'public';
  @UriField(
    'Document that lists the redirect URIs of all clients which share pairwise subjects; fetched and compared when set.',
    { check: httpsUrlFault, omitEmpty: true },
  )
  sector_identifier_uri = '';
  @UriField('URL of the JWK Set; excludes `jwks`.', { omitEmpty: true })
  jwks_uri = '';
  @JsonField("The client's public keys (RFC 7517 §5); excludes `jwks_uri`.", { shape: keySetShapeFault })
  jwks: object = {};
  @ChoiceField('How the client proves who it is at the token endpoint.', AUTH_METHODS)
  token_endpoint_auth_method = 'client_secret_basic';
  @TextField('JWS algorithm of client assertions; unset means RS256.', { max: 32, omitEmpty: true, example: 'ES256' })
  token_endpoint_auth_signing_alg = '';
  @ListField(
    'Request objects that may be passed by reference.',
    { check: webUrlFault, max: URI_MAX_LENGTH, omitEmpty: true },
    { format: 'uri' },
  )
  request_uris: string[] = [];
  @TextField('JWS algorithm of request objects.', { max: 32, omitEmpty: true, example: 'ES256' })
  request_object_signing_alg = '';
  @ChoiceField('JWS algorithm of UserInfo answers; `none` = plain JSON.', ['none', 'RS256'])
  userinfo_signed_response_alg = 'none';
  @UriField('Called through the browser when the session ends.', {
    omitEmpty: true,
    example: 'https://app.example.com/oidc/frontchannel-logout',
  })
  frontchannel_logout_uri = '';
  @FlagField('Front-channel logout needs issuer and session id.', { omitEmpty: true })
  frontchannel_logout_session_required = false;
  @ListField(
    'Where people may be sent after logout; each shares scheme, host and port with a redirect URI.',
    { check: logoutUriFault, max: URI_MAX_LENGTH, omitEmpty: true, example: ['https://app.example.com/bye'] },
    { format: 'uri' },
  )
  post_logout_redirect_uris: string[] = [];
  @UriField('Called by the authorization server when the session ends.', {
    omitEmpty: true,
    example: 'https://app.example.com/oidc/backchannel-logout',
  })
  backchannel_logout_uri = '';
  @FlagField('Back-channel logout tokens need a session id.', { omitEmpty: true })
  backchannel_logout_session_required = false;
  @JsonField('Anything you want to keep with the client; echoed as it was sent.', {
    keepsText: true,
    example: { team: 'orders' },
  })
  metadata: unknown = {};
  @ChoiceField('Form of the access tokens; unset leaves it to the authorization server.', ['jwt', 'opaque'], {
    omitEmpty: true,
    normalise: (text) => text.toLowerCase(),
  })
  access_token_strategy = '';
  @FlagField('The consent screen is never shown for this client.')
  skip_consent = false;
  @FlagField(
    'The logout consent screen is never shown for this client; `null` leaves it to the authorization server.',
    { nullable: true },
  )
  skip_logout_consent: boolean | null = null;
}

/** The fields of client metadata. */
export const METADATA_FIELDS: readonly Field[] = fieldsOf(ClientMetadata);

/** The value that the metadata of a client has for a field. */
export function valueOf(metadata: ClientMetadata, { name }: Field): unknown {
  return metadata[name as keyof ClientMetadata];
}
