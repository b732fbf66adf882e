import { ALGORITHMS } from '../../../jwt/algorithms.js';
import { ChoiceField, UriField } from '../../../fields/text-fields.js';
import { FlagField } from '../../../fields/value-fields.js';
import { httpsUrlFault } from '../../../fields/web-url.js';
import { TokenLifespans } from './token-lifespans.js';

/** The metadata of client-initiated backchannel authentication (OpenID Connect CIBA §4). */
export class BackchannelMembers extends TokenLifespans {
  @ChoiceField('How the client gets the tokens of backchannel authentication (CIBA).', ['poll', 'ping', 'push'], {
    omitEmpty: true,
  })
  backchannel_token_delivery_mode = '';
  @UriField('https URL that is called after backchannel authentication; `ping` and `push` need it.', {
    check: httpsUrlFault,
    omitEmpty: true,
    example: 'https://app.example.com/ciba',
  })
  backchannel_client_notification_endpoint = '';
  @ChoiceField('JWS algorithm of backchannel authentication requests; unset: they are not signed.', ALGORITHMS, {
    omitEmpty: true,
  })
  backchannel_authentication_request_signing_alg = '';
  @FlagField('Whether backchannel authentication requests have the code of a user (`user_code`).', { omitEmpty: true })
  backchannel_user_code_parameter = false;
}
