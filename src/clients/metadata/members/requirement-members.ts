import { ListField } from '../../../fields/text-fields.js';
import { FlagField } from '../../../fields/value-fields.js';
import { BackchannelMembers } from './backchannel-members.js';

/** The requirements that a client sets on its own requests and tokens. */
export class RequirementMembers extends BackchannelMembers {
  @FlagField("Whether access tokens are bound to the client's certificate (RFC 8705 §3.4).", { omitEmpty: true })
  tls_client_certificate_bound_access_tokens = false;
  @FlagField('Whether the client always asks for access tokens that are bound by DPoP (RFC 9449 §5.2).', {
    omitEmpty: true,
  })
  dpop_bound_access_tokens = false;
  @FlagField('Whether authorization requests must be pushed (RFC 9126 §6).', { omitEmpty: true })
  require_pushed_authorization_requests = false;
  @FlagField('Whether authorization requests must be signed request objects (RFC 9101 §10.5).', { omitEmpty: true })
  require_signed_request_object = false;
  @ListField('Types of authorization details that the client uses (RFC 9396 §10).', {
    omitEmpty: true,
    example: ['payment_initiation'],
  })
  authorization_details_types: string[] = [];
}
