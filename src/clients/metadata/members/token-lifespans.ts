import { ApiSchema } from '@nestjs/swagger';
import { LifespanField } from '../values/lifespan.field.js';

/** The lifespan of each kind of token, for each grant; `null` leaves it to the authorization server. */
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
