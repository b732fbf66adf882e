import { HttpException } from '@nestjs/common';

/** What is wrong with a body, and where. */
export interface Fault {
  /** JSON Pointer (RFC 6901) to the member or entry at fault, such as `/redirect_uris/0`. */
  pointer: string;
  /** A sentence that names the member and the mend. */
  detail: string;
}

/**
 * A fault of a body.
 *
 * @param path names of members and indexes of entries that lead to the place, such as `['redirect_uris', 0]`
 * @param text the end of a sentence that begins with the place, without its full stop
 */
export function faultAt(path: readonly [string, ...(string | number)[]], text: string): Fault {
  const [member, ...deeper] = path;
  const place = deeper.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return { pointer: `/${path.join('/')}`, detail: `${member}${place} ${text}.` };
}

/**
 * What an error has beside code and description.
 *
 * @inline
 */
interface OAuthErrorDetails {
  /** Every fault of the body; the description tells the first. Default none. */
  errors?: Fault[];
  /** Headers of the answer. Default none. */
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
  /** Headers of the answer, by their names. */
  readonly headers: Record<string, string>;

  /** Every fault of the body, in the order in which they are told; empty when the error is of another kind. */
  readonly faults: readonly Fault[];

  /**
   * An error with any status and code; the methods beside it make those of the registry.
   *
   * @param status status of the answer (RFC 9110 §15)
   * @param code lower-case code, for programs
   * @param description a sentence for people: what is wrong and how to mend it; never a secret
   * @param details faults of the body, and headers of the answer
   */
  constructor(
    status: number,
    /** Lower-case code, for programs, such as `invalid_redirect_uri`. */
    readonly code: string,
    description: string,
    { errors, headers = {} }: OAuthErrorDetails = {},
  ) {
    super({ error: code, error_description: description, ...(errors && { errors }) }, status);
    this.message = description;
    this.headers = headers;
    this.faults = errors ?? [];
  }

  /**
   * 400 `invalid_request` (RFC 6749 §5.2).
   *
   * @param description a sentence for people
   * @param errors every fault of the body, if it is the body's
   */
  static invalidRequest(description: string, errors?: Fault[]): OAuthError {
    return new OAuthError(400, 'invalid_request', description, { errors });
  }

  /**
   * 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 §3.2.2), whichever the first fault is.
   *
   * @param errors every fault of the body
   */
  static invalidMetadata(errors: readonly [Fault, ...Fault[]]): OAuthError {
    const [{ pointer, detail }] = errors;
    const code = /^\/redirect_uris(\/|$)/.test(pointer) ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    return new OAuthError(400, code, detail, { errors: [...errors] });
  }

  /**
   * 404 `not_found`.
   *
   * @param description a sentence for people
   */
  static notFound(description: string): OAuthError {
    return new OAuthError(404, 'not_found', description);
  }

  /** 404 `not_found`, of a client. */
  static unknownClient(): OAuthError {
    return OAuthError.notFound('There is no client with this client_id.');
  }

  /**
   * 409 `conflict`.
   *
   * @param description a sentence for people
   */
  static conflict(description: string): OAuthError {
    return new OAuthError(409, 'conflict', description);
  }

  /** 412 `precondition_failed` (RFC 9110 §13.1.1): the client has another state than `If-Match` names. */
  static preconditionFailed(): OAuthError {
    return new OAuthError(
      412,
      'precondition_failed',
      'The client has changed since: read it again, and send the ETag of that answer as If-Match.',
    );
  }

  /** 413 `invalid_request`. */
  static tooLarge(): OAuthError {
    return new OAuthError(413, 'invalid_request', 'The body is too large: send at most 1 MiB.');
  }

  /** 500 `server_error`: what nobody foresaw. */
  static unexpected(): OAuthError {
    return new OAuthError(500, 'server_error', 'The registry could not answer. The request may be tried again.');
  }

  /** 503 `temporarily_unavailable`. */
  static unavailable(): OAuthError {
    return new OAuthError(503, 'temporarily_unavailable', 'The service can not answer now. Try again later.');
  }

  /**
   * 403 `access_denied`.
   *
   * @param description a sentence for people
   */
  static accessDenied(description: string): OAuthError {
    return new OAuthError(403, 'access_denied', description);
  }

  /**
   * 405 `invalid_request` with `Allow` (RFC 9110 §15.5.6).
   *
   * @param allow the methods that the resource has
   */
  static methodNotAllowed(allow: readonly string[]): OAuthError {
    const list = allow.join(', ');
    return new OAuthError(405, 'invalid_request', `This method is not allowed here: use ${list}.`, {
      headers: { Allow: list },
    });
  }
}
