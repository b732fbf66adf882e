import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ANSWER_HEADERS } from './answer-headers.js';
import { OAuthError } from './oauth-error.js';
import { namedBy, type NamedRequest } from './request-id.js';

const CODES: Record<number, string> = {
  401: 'invalid_token',
  403: 'access_denied',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition_failed',
  429: 'too_many_requests',
};
const SENTENCES: Record<number, string> = {
  404: 'There is no such resource: check the path and the identifier.',
};

/**
 * Answers every exception with the registry's error envelope. An exception that is not an {@link OAuthError} and has no HTTP
 * status of its own is logged and answered with 500, without details.
 */
@Catch()
export class OAuthErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(OAuthErrorFilter.name);

  constructor(private readonly host: HttpAdapterHost) {}

  /** Answers an exception of a route, or of code that runs before it. */
  catch(exception: unknown, context: ArgumentsHost): void {
    this.answer(exception, context.getArgByIndex(1));
  }

  /** As {@link catch}, for code outside of Nest's handlers, which has only a response. */
  answer(exception: unknown, response: unknown): void {
    const { httpAdapter } = this.host;
    const error = this.translate(exception, namedBy(response));
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      ...ANSWER_HEADERS,
      ...error.headers,
    };
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, error.getResponse(), error.getStatus());
  }

  private translate(exception: unknown, named: NamedRequest[]): OAuthError {
    if (exception instanceof OAuthError) {
      // Log only the message: properties of the cause may contain what a log must not.
      if (exception.cause instanceof Error) this.logger.warn(`${exception.code}: ${exception.cause.message}`, ...named);
      return exception;
    }
    const status = statusOf(exception);
    if (status === 413) return OAuthError.tooLarge();
    if (status < 500)
      return new OAuthError(
        status,
        CODES[status] ?? 'invalid_request',
        SENTENCES[status] ?? 'The request is malformed.',
      );
    // A health check or a guard of the host throws 503 on purpose: there is nothing to log.
    if (status === 503) return OAuthError.unavailable();
    // Log only the stack: a failed query's error has the parameters as properties, and these may be hashes.
    const what = exception instanceof Error ? exception.stack : 'A value that is not an Error was thrown.';
    this.logger.error(what, ...named);
    return OAuthError.unexpected();
  }
}

/** Returns the status of an exception of Nest, or of a parser or router below Nest; 500 for everything else. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  if (exception instanceof URIError) return 400;
  const status: unknown = exception instanceof Error && 'statusCode' in exception ? exception.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

/**
 * Matches the exceptions that the registry answers itself: all but the `HttpException`s of the host's guards, pipes and
 * interceptors, which the host's own filters answer. The registry throws no `HttpException` but {@link OAuthError}.
 *
 * It is a class because Nest's `@Catch` accepts only classes, and compares exceptions with them by `instanceof`.
 */
abstract class AnsweredByRegistry {
  static [Symbol.hasInstance](exception: unknown): boolean {
    return exception instanceof OAuthError || !(exception instanceof HttpException);
  }
}

/** As {@link OAuthErrorFilter}, but leaves the host's own HTTP exceptions to the host's filters. */
@Catch(AnsweredByRegistry)
export class OAuthApiFilter extends OAuthErrorFilter {}
