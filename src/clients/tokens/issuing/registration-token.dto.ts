import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** A registration access token in the one answer that shows it. */
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
 * A registration access token that was just issued. As JSON, in a log or copied it shows only where it counts: whoever hands it out takes it
 * from {@link IssuedRegistrationToken.registration_access_token} or {@link IssuedRegistrationToken.shown}.
 */
export class IssuedRegistrationToken {
  /** `#`, not `private`, hides it from whatever looks at an object. */
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

  /** Both, as the admin API shows them now. */
  get shown(): RegistrationTokenView {
    return {
      registration_access_token: this.#clear,
      registration_client_uri: this.registration_client_uri,
    };
  }
}
