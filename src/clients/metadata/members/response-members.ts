import { ALGORITHMS } from '../../../jwt/algorithms.js';
import { ChoiceField } from '../../../fields/text-fields.js';
import { ENCRYPTION_ALGORITHMS } from '../values/key-kinds.js';
import { EncryptionField } from './encryption.field.js';
import { RequirementMembers } from './requirement-members.js';

/** How responses that are JSON Web Tokens are signed and encrypted: introspection (RFC 9701 §6) and authorization responses (JARM §3). */
export class ResponseMembers extends RequirementMembers {
  @ChoiceField('JWS algorithm of introspection responses (RFC 9701); unset means `RS256`.', ALGORITHMS, {
    omitEmpty: true,
  })
  introspection_signed_response_alg = '';
  @ChoiceField('JWE algorithm of introspection responses; unset: they are not encrypted.', ENCRYPTION_ALGORITHMS, {
    omitEmpty: true,
  })
  introspection_encrypted_response_alg = '';
  @EncryptionField('introspection responses', 'introspection_encrypted_response_alg')
  introspection_encrypted_response_enc = '';
  @ChoiceField('JWS algorithm of authorization responses (JARM); unset means `RS256`.', ALGORITHMS, {
    omitEmpty: true,
  })
  authorization_signed_response_alg = '';
  @ChoiceField('JWE algorithm of authorization responses; unset: they are not encrypted.', ENCRYPTION_ALGORITHMS, {
    omitEmpty: true,
  })
  authorization_encrypted_response_alg = '';
  @EncryptionField('authorization responses', 'authorization_encrypted_response_alg')
  authorization_encrypted_response_enc = '';
}
