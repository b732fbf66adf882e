import { HttpException } from '@nestjs/common';

/** What is wrong with a body, and where: a JSON Pointer (RFC 6901) and a sentence that names the member and the mend. */
export interface Fault {
  pointer: string;
  detail: string;
}

interface OAuthErrorDetails {
  /** Every fault of the body; the description tells the first. */
  errors?: Fault[];
  headers?: Record<string, string>;
}

/** What an error may repeat of what was sent: its beginning. */
export function excerpt(text: string, length = 64): string {
  return text.slice(0, length).toWellFormed();
}

/**
 * An error with a code of the OAuth vocabulary (RFC 6749 §5.2, RFC 6750 §3.1, RFC 7591 §3.2.2, and plain words where
 * those have none). The body of its answer is `{ error, error_description, errors? }`.
 */
export class OAuthError extends HttpException {
  readonly headers: Record<string, string>;

  /**
   * @param code lower-case code, for programs
   * @param description a sentence for people: what is wrong and how to mend it; never a secret
   */
  constructor(
    status: number,
    readonly code: string,
    description: string,
    { errors, headers = {} }: OAuthErrorDetails = {},
  ) {
    super({ error: code, error_description: description, ...(errors && { errors }) }, status);
    this.message = description;
    this.headers = headers;
  }

  static invalidRequest(description: string, errors?: Fault[]): OAuthError {
    return new OAuthError(400, 'invalid_request', description, { errors });
  }

  /** RFC 7591 §3.2.2: the code tells redirect URIs from other metadata; the first fault decides. */
  static invalidMetadata(errors: readonly [Fault, ...Fault[]]): OAuthError {
    const [{ pointer, detail }] = errors;
    const code = /^\/redirect_uris(\/|$)/.test(pointer) ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    return new OAuthError(400, code, detail, { errors: [...errors] });
  }

  static notFound(description: string): OAuthError {
    return new OAuthError(404, 'not_found', description);
  }

  static unknownClient(): OAuthError {
    return OAuthError.notFound('There is no client with this client_id.');
  }

  static conflict(description: string): OAuthError {
    return new OAuthError(409, 'conflict', description);
  }

  static preconditionFailed(): OAuthError {
    return new OAuthError(
      412,
      'precondition_failed',
      'The client has changed since: read it again, and send the ETag of that answer as If-Match.',
    );
  }

  static tooLarge(): OAuthError {
    return new OAuthError(413, 'invalid_request', 'The body is too large: send at most 1 MiB.');
  }

  static unexpected(): OAuthError {
    return new OAuthError(500, 'server_error', 'The registry could not answer. The request may be tried again.');
  }

  static unavailable(): OAuthError {
    return new OAuthError(503, 'temporarily_unavailable', 'The service can not answer now. Try again later.');
  }

  static accessDenied(description: string): OAuthError {
    return new OAuthError(403, 'access_denied', description);
  }

  /** @param allow the methods that the resource has */
  static methodNotAllowed(allow: readonly string[]): OAuthError {
    const list = allow.join(', ');
    return new OAuthError(405, 'invalid_request', `This method is not allowed here: use ${list}.`, {
      headers: { Allow: list },
    });
  }
}
