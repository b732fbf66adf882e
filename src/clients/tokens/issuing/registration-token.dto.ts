import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** A registration access token in the only answer that shows it. */
@ApiSchema({
  name: 'oAuth2ClientRegistrationToken',
  description: 'A new registration access token (RFC 7592). No later response shows it.',
})
export class RegistrationTokenView {
  @ApiProperty({ description: 'Bearer token for the client configuration endpoint.', example: 'oart_…' })
  registration_access_token!: string;
  @ApiProperty({
    description: 'URL of the client configuration endpoint.',
    example: 'http://127.0.0.1:4444/oauth2/register/orders-web',
  })
  registration_client_uri!: string;
}

/**
 * A registration access token that was just issued. As JSON, in a log or as a copy, it shows only its `registration_client_uri`. To pass the
 * token on, read {@link IssuedRegistrationToken.registration_access_token} or {@link IssuedRegistrationToken.shown}.
 */
export class IssuedRegistrationToken {
  /** `#` rather than `private`: serializers, loggers and copies of the object do not see it. */
  readonly #clear: string;

  /**
   * @internal
   * @param clear the token
   * @param registration_client_uri URL of the client configuration endpoint (RFC 7592)
   */
  constructor(
    clear: string,
    readonly registration_client_uri: string,
  ) {
    this.#clear = clear;
  }

  /** The token itself. No later answer shows it. */
  get registration_access_token(): string {
    return this.#clear;
  }

  /** The token and its URL, as the admin API shows them in this answer. */
  get shown(): RegistrationTokenView {
    return {
      registration_access_token: this.#clear,
      registration_client_uri: this.registration_client_uri,
    };
  }
}
