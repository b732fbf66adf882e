import { HttpException } from '@nestjs/common';

/** One fault in a request body: what is wrong, and where. */
export interface Fault {
  /** JSON Pointer (RFC 6901) to the member or entry at fault, such as `/redirect_uris/0`. */
  pointer: string;
  /** A sentence that names the member and says how to correct it. */
  detail: string;
}

/**
 * Returns the fault at one place of a request body.
 *
 * @param path names of members and indexes of entries that lead to the place, such as `['redirect_uris', 0]`
 * @param text the predicate of a sentence whose subject is the place, without the full stop, such as `must be a URL`
 */
export function faultAt(path: readonly [string, ...(string | number)[]], text: string): Fault {
  const [member, ...deeper] = path;
  const place = deeper.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return { pointer: `/${path.join('/')}`, detail: `${member}${place} ${text}.` };
}

/**
 * Optional parts of an error.
 *
 * @inline
 */
interface OAuthErrorDetails {
  /** Every fault in the request body; the description repeats the first. Default none. */
  errors?: Fault[];
  /** Headers of the response. Default none. */
  headers?: Record<string, string>;
  /** The underlying error, for the log. Default none. */
  cause?: Error;
}

/** The members of a client whose faults have codes of their own (RFC 7591 §3.2.2). */
const CODES: ReadonlyMap<string, string> = new Map([
  ['redirect_uris', 'invalid_redirect_uri'],
  ['software_statement', 'invalid_software_statement'],
]);

/** Returns the beginning of a text that a caller sent, fit for an error message: at most `length` characters. */
export function excerpt(text: string, length = 64): string {
  return text.slice(0, length).toWellFormed();
}

/**
 * An error with an OAuth code (RFC 6749 §5.2, RFC 6750 §3.1, RFC 7591 §3.2.2), or a plain word such as `not_found` where
 * these define none. The body of its response is `{ error, error_description, errors? }`.
 */
export class OAuthError extends HttpException {
  /** Headers of the response, by their names. */
  readonly headers: Record<string, string>;

  /** Every fault in the request body, in the order of the response; empty when the error does not concern the body. */
  readonly faults: readonly Fault[];

  /**
   * Creates an error with any status and code; the static methods create the errors of the registry.
   *
   * @param status status of the response (RFC 9110 §15)
   * @param code lower-case code, for programs
   * @param description a sentence for people: what is wrong and how to correct it; it must not contain a secret
   * @param details faults in the request body, headers of the response, and a cause
   */
  constructor(
    status: number,
    /** Lower-case code, for programs, such as `invalid_redirect_uri`. */
    readonly code: string,
    description: string,
    { errors, headers = {}, cause }: OAuthErrorDetails = {},
  ) {
    super({ error: code, error_description: description, ...(errors && { errors }) }, status, { cause });
    this.message = description;
    this.headers = headers;
    this.faults = errors ?? [];
  }

  /**
   * Returns 400 `invalid_request` (RFC 6749 §5.2).
   *
   * @param description a sentence for people
   * @param errors every fault in the request body. Default: the error does not concern the body
   */
  static invalidRequest(description: string, errors?: Fault[]): OAuthError {
    return new OAuthError(400, 'invalid_request', description, { errors });
  }

  /**
   * Returns 400 (RFC 7591 §3.2.2): `invalid_redirect_uri` when the first fault lies in `redirect_uris`, `invalid_software_statement` when it lies
   * in `software_statement`, otherwise `invalid_client_metadata`.
   *
   * @param errors every fault in the request body
   */
  static invalidMetadata(errors: readonly [Fault, ...Fault[]]): OAuthError {
    const [{ pointer, detail }] = errors;
    const code = CODES.get(pointer.split('/', 2)[1] ?? '') ?? 'invalid_client_metadata';
    return new OAuthError(400, code, detail, { errors: [...errors] });
  }

  /**
   * Returns 400 `invalid_request` (RFC 6749 §5.2), for a body other than client metadata.
   *
   * @param errors every fault in the request body
   */
  static invalidMembers(errors: readonly [Fault, ...Fault[]]): OAuthError {
    return OAuthError.invalidRequest(errors[0].detail, [...errors]);
  }

  /**
   * Returns 404 `not_found`.
   *
   * @param description a sentence for people
   */
  static notFound(description: string): OAuthError {
    return new OAuthError(404, 'not_found', description);
  }

  /** Returns 404 `not_found`, for a client. */
  static unknownClient(): OAuthError {
    return OAuthError.notFound('There is no client with this client_id.');
  }

  /**
   * Returns 409 `conflict`.
   *
   * @param description a sentence for people
   */
  static conflict(description: string): OAuthError {
    return new OAuthError(409, 'conflict', description);
  }

  /** Returns 412 `precondition_failed` (RFC 9110 §13.1.1): no entity tag in `If-Match` is the client's current one. */
  static preconditionFailed(): OAuthError {
    return new OAuthError(
      412,
      'precondition_failed',
      'The client has changed in the meantime: read it again, and send its new ETag as If-Match.',
    );
  }

  /** Returns 413 `invalid_request`: the request body is larger than 1 MiB. The rest of it is not read, so the connection ends. */
  static tooLarge(): OAuthError {
    return new OAuthError(413, 'invalid_request', 'The body is too large: send at most 1 MiB.', {
      headers: { Connection: 'close' },
    });
  }

  /** Returns 500 `server_error`: an unexpected failure. */
  static unexpected(): OAuthError {
    return new OAuthError(500, 'server_error', 'The registry could not answer. The request may be tried again.');
  }

  /**
   * Returns 503 `temporarily_unavailable` with `Retry-After` (RFC 9110 §10.2.3): the database cannot answer now.
   *
   * @param cause what the database or its driver reported, for the log. Default none
   */
  static unavailable(cause?: Error): OAuthError {
    return new OAuthError(503, 'temporarily_unavailable', 'The service cannot answer now. Try again later.', {
      headers: { 'Retry-After': '1' },
      cause,
    });
  }

  /**
   * Returns 403 `access_denied`.
   *
   * @param description a sentence for people
   */
  static accessDenied(description: string): OAuthError {
    return new OAuthError(403, 'access_denied', description);
  }

  /** Returns 403 `access_denied`: a web page of another site sent the request. The listener of the service rejects it. */
  static foreignPage(): OAuthError {
    return OAuthError.accessDenied('Requests from web pages of another Origin are refused.');
  }

  /**
   * Returns 405 `invalid_request` with `Allow` (RFC 9110 §15.5.6).
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
