import { fieldsOf, type Field } from '../../fields/field.js';
import { taggedField } from '../../fields/language-tags.js';
import { ChoiceField, ListField, TextField, UriField } from '../../fields/text-fields.js';
import { EpochField, FlagField, JsonField } from '../../fields/value-fields.js';
import { httpsUrlFault, URI_MAX_LENGTH, webUrlFault } from '../../fields/web-url.js';
import { SoftwareMembers } from './members/software-members.js';
import { CertificateNameField } from './names/certificate-name.field.js';
import { ForAdministrators } from './for-administrators.js';
import { FoundBy } from './search-kinds.js';
import { AnyJson } from './values/any-json.dto.js';
import { JsonWebKeySetView } from './values/key-set.dto.js';
import { keySetShapeFault } from './values/key-set.js';
import { logoutUriFault, normaliseOrigin, originFault, redirectUriFault } from './values/uri.js';

/** Maximum length of `client_name` and of `owner`, in characters. */
export const NAME_MAX_LENGTH = 512;
/** Authentication methods that use a secret. Clients with another method have no secrets. */
export const SECRET_METHODS = ['client_secret_basic', 'client_secret_post'] as const;
/** Authentication methods at the token endpoint (RFC 7591 §2, RFC 8705 §2). */
export const AUTH_METHODS = [
  ...SECRET_METHODS,
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const;

/** The metadata of a client (RFC 7591 §2, OpenID Connect Registration §2, and extensions of the admin API), with the default of each member. */
export class ClientMetadata extends SoftwareMembers {
  /** Values in other languages (RFC 7591 §2.2), such as `client_name#ja-Hani-JP`. At most 100, over all members. */
  [tagged: `${'client_name' | 'client_uri' | 'logo_uri' | 'policy_uri' | 'tos_uri'}#${string}`]: string;

  @TextField('Name shown to users on the consent screen.', {
    max: NAME_MAX_LENGTH,
    takesTags: true,
    example: 'Orders web',
  })
  client_name = '';
  @FoundBy('redirect_uri')
  @ListField('Where authorization responses may be sent; compared character by character.', {
    max: URI_MAX_LENGTH,
    check: redirectUriFault,
    // Strict clients of dynamic registration expect this member in the response.
    standardDefault: [],
    example: ['https://app.example.com/callback'],
  })
  redirect_uris: string[] = [];
  @FoundBy('grant_type')
  @ListField('Grants that the client uses; none means `authorization_code`.', {
    example: ['authorization_code', 'refresh_token'],
  })
  grant_types: string[] = [];
  @FoundBy('response_type')
  @ListField('Response types that the client uses; none means `code`.', { example: ['code'] })
  response_types: string[] = [];
  @TextField('Scopes that the client may request, separated by spaces.', {
    max: 8192,
    example: 'openid offline_access orders:read',
  })
  scope = 'offline_access offline openid';
  @ForAdministrators()
  @ListField('Audiences for which the client may request tokens.', { example: ['https://api.example.com/orders'] })
  audience: string[] = [];
  @ForAdministrators()
  @TextField('Who is responsible for the client, such as the name of a team.', {
    max: NAME_MAX_LENGTH,
    example: 'team-orders',
  })
  owner = '';
  @UriField('Page with the privacy policy of the client.', {
    takesTags: true,
    example: 'https://app.example.com/privacy',
  })
  policy_uri = '';
  @ForAdministrators()
  @ListField('Origins whose scripts may call the token endpoint.', {
    check: originFault,
    normalise: normaliseOrigin,
    max: URI_MAX_LENGTH,
    example: ['https://app.example.com'],
  })
  allowed_cors_origins: string[] = [];
  @UriField("Page with the client's terms of service.", {
    takesTags: true,
    example: 'https://app.example.com/terms',
  })
  tos_uri = '';
  @UriField('Home page of the client.', { takesTags: true, example: 'https://app.example.com' })
  client_uri = '';
  @UriField('Logo shown to users on the consent screen.', {
    takesTags: true,
    example: 'https://app.example.com/logo.png',
  })
  logo_uri = '';
  @ListField('People responsible for the client, usually their e-mail addresses.', { example: ['ops@example.com'] })
  contacts: string[] = [];
  @ForAdministrators()
  @EpochField('When the current secret expires, in seconds since the epoch; 0 = never.')
  client_secret_expires_at = 0;
  @ChoiceField('Kind of subject identifier that the client receives (OpenID Connect Core §8).', ['public', 'pairwise'])
  subject_type = 'public';
  @UriField(
    'Document that lists the redirect URIs of all clients that share pairwise subject identifiers; fetched and checked when it is set.',
    { check: httpsUrlFault, omitEmpty: true },
  )
  sector_identifier_uri = '';
  @UriField('URL of the JWK Set; excludes `jwks`.', { omitEmpty: true })
  jwks_uri = '';
  @JsonField("The client's public keys (RFC 7517 §5); excludes `jwks_uri`.", {
    type: JsonWebKeySetView,
    shape: keySetShapeFault,
  })
  jwks: object = {};
  @ChoiceField('How the client authenticates at the token endpoint.', AUTH_METHODS)
  token_endpoint_auth_method = 'client_secret_basic';
  @TextField("JWS algorithm of client assertions; unset accepts each that fits one of the client's keys.", {
    max: 32,
    omitEmpty: true,
    example: 'ES256',
  })
  token_endpoint_auth_signing_alg = '';
  @CertificateNameField(
    'subject',
    'Subject of the certificate, for `tls_client_auth`: a distinguished name (RFC 4514), the lowest level first.',
  )
  tls_client_auth_subject_dn = '';
  @CertificateNameField('dns', 'DNS name that the certificate has, for `tls_client_auth`.')
  tls_client_auth_san_dns = '';
  @CertificateNameField('uri', 'URI that the certificate has, for `tls_client_auth`.')
  tls_client_auth_san_uri = '';
  @CertificateNameField('ip', 'IP address that the certificate has, for `tls_client_auth`.')
  tls_client_auth_san_ip = '';
  @CertificateNameField('email', 'E-mail address that the certificate has, for `tls_client_auth`.')
  tls_client_auth_san_email = '';
  @ListField('URLs of request objects that may be passed by reference.', {
    check: webUrlFault,
    max: URI_MAX_LENGTH,
    omitEmpty: true,
  })
  request_uris: string[] = [];
  @TextField('JWS algorithm of request objects.', { max: 32, omitEmpty: true, example: 'ES256' })
  request_object_signing_alg = '';
  @ChoiceField('JWS algorithm of UserInfo responses; `none` = plain JSON.', ['none', 'RS256'], {
    // Some clients take `none` for the name of an algorithm, and expect a signed response.
    saysNothing: 'none',
  })
  userinfo_signed_response_alg = 'none';
  @UriField('URL that the browser loads when the session ends.', {
    omitEmpty: true,
    example: 'https://app.example.com/oidc/frontchannel-logout',
  })
  frontchannel_logout_uri = '';
  @FlagField('Whether front-channel logout requests must name the issuer and the session.', { omitEmpty: true })
  frontchannel_logout_session_required = false;
  @ListField('Where users may be sent after logout; each must share scheme, host and port with a redirect URI.', {
    check: logoutUriFault,
    max: URI_MAX_LENGTH,
    omitEmpty: true,
    example: ['https://app.example.com/bye'],
  })
  post_logout_redirect_uris: string[] = [];
  @UriField('URL that the authorization server calls when the session ends.', {
    omitEmpty: true,
    example: 'https://app.example.com/oidc/backchannel-logout',
  })
  backchannel_logout_uri = '';
  @FlagField('Whether back-channel logout tokens must name the session.', { omitEmpty: true })
  backchannel_logout_session_required = false;
  @ForAdministrators()
  @JsonField('Any JSON that you want to keep with the client; returned as it was sent.', {
    type: AnyJson,
    keepsText: true,
    example: { team: 'orders' },
  })
  metadata: unknown = {};
  @ForAdministrators()
  @ChoiceField('Format of the access tokens; unset leaves it to the authorization server.', ['jwt', 'opaque'], {
    omitEmpty: true,
    normalise: (text) => text.toLowerCase(),
  })
  access_token_strategy = '';
  @ForAdministrators()
  @FlagField('Whether to skip the consent screen for this client.')
  skip_consent = false;
  @ForAdministrators()
  @FlagField(
    'Whether to skip the logout consent screen for this client; `null` leaves it to the authorization server.',
    { nullable: true },
  )
  skip_logout_consent: boolean | null = null;
}

/** The fields of {@link ClientMetadata}. */
export const METADATA_FIELDS: readonly Field[] = fieldsOf(ClientMetadata);

/** Returns the fields of the members with language tags in the metadata of a client, sorted by name. */
export function taggedFieldsOf(metadata: object): Field[] {
  return Object.keys(metadata)
    .filter((name) => name.includes('#'))
    .toSorted()
    .flatMap((name) => taggedField(METADATA_FIELDS, name) ?? []);
}

/** Returns the value of a field in the metadata of a client. */
export function valueOf(metadata: ClientMetadata, { name }: Field): unknown {
  return metadata[name as keyof ClientMetadata];
}
