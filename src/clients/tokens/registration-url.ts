/** Path of the client registration endpoint (RFC 7591 §3), without the host's prefix; client configuration endpoints are below it. */
export const REGISTER = '/oauth2/register';

/** URLs of the client configuration endpoint (RFC 7592 §2). */
export class RegistrationUrl {
  /** @param publicUrl base URL of the public listener, without a trailing slash */
  constructor(private readonly publicUrl: string) {}

  /** Returns the `registration_client_uri` of a client. */
  of(id: string): string {
    return `${this.publicUrl}${REGISTER}/${encodeURIComponent(id)}`;
  }
}
