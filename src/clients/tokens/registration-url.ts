/** Path of the client registration endpoint (RFC 7591 §3), without the host's prefix; the configuration of clients lies below it. */
export const REGISTER = '/oauth2/register';

/** Where clients find their configuration (RFC 7592 §2). */
export class RegistrationUrl {
  /** @param publicUrl base URL of the public listener, without a trailing slash */
  constructor(private readonly publicUrl: string) {}

  /** The `registration_client_uri` of a client. */
  of(id: string): string {
    return `${this.publicUrl}${REGISTER}/${encodeURIComponent(id)}`;
  }
}
