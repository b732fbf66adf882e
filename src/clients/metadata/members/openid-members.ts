import { ALGORITHMS } from '../../../jwt/algorithms.js';
import { ChoiceField, ListField, UriField } from '../../../fields/text-fields.js';
import { FlagField, SecondsField } from '../../../fields/value-fields.js';
import { httpsUrlFault } from '../../../fields/web-url.js';
import { ENCRYPTION_ALGORITHMS } from '../values/key-kinds.js';
import { EncryptionField } from './encryption.field.js';
import { ResponseMembers } from './response-members.js';

/** The metadata of OpenID Connect Registration §2 that the contract does not have. */
export class OpenIdMembers extends ResponseMembers {
  @ChoiceField('Kind of application: it decides which redirect URIs are accepted.', ['web', 'native'], {
    omitEmpty: true,
    standardDefault: 'web',
  })
  application_type = '';
  @ChoiceField('JWS algorithm of ID tokens; `none` only if no response type has `id_token`.', [...ALGORITHMS, 'none'], {
    omitEmpty: true,
    standardDefault: 'RS256',
  })
  id_token_signed_response_alg = '';
  @ChoiceField('JWE algorithm of ID tokens; unset: they are not encrypted.', ENCRYPTION_ALGORITHMS, {
    omitEmpty: true,
  })
  id_token_encrypted_response_alg = '';
  @EncryptionField('ID tokens', 'id_token_encrypted_response_alg')
  id_token_encrypted_response_enc = '';
  @ChoiceField('JWE algorithm of UserInfo responses; unset: they are not encrypted.', ENCRYPTION_ALGORITHMS, {
    omitEmpty: true,
  })
  userinfo_encrypted_response_alg = '';
  @EncryptionField('UserInfo responses', 'userinfo_encrypted_response_alg')
  userinfo_encrypted_response_enc = '';
  @ChoiceField('JWE algorithm with which the client may encrypt request objects.', ENCRYPTION_ALGORITHMS, {
    omitEmpty: true,
  })
  request_object_encryption_alg = '';
  @EncryptionField('request objects', 'request_object_encryption_alg')
  request_object_encryption_enc = '';
  @SecondsField('Most seconds since the user was authenticated, if a request does not say; unset: any time.', {
    omitEmpty: true,
    example: 3600,
  })
  default_max_age: number | null = null;
  @FlagField('Whether ID tokens must say when the user was authenticated (`auth_time`).', { omitEmpty: true })
  require_auth_time = false;
  @ListField('How users are to be authenticated (`acr`), if a request does not say; the first is liked best.', {
    omitEmpty: true,
    example: ['urn:mace:incommon:iap:silver'],
  })
  default_acr_values: string[] = [];
  @UriField('https URL by which others begin a login at the client (OpenID Connect Core §4).', {
    check: httpsUrlFault,
    omitEmpty: true,
    example: 'https://app.example.com/login',
  })
  initiate_login_uri = '';
}
