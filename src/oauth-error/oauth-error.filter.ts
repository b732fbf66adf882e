import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OAuthError } from './oauth-error.js';

const CODES: Record<number, string> = {
  401: 'invalid_token',
  403: 'access_denied',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition_failed',
  429: 'too_many_requests',
};
const SENTENCES: Record<number, string> = {
  404: 'There is no such resource: check path and identifier.',
};

/** Turns whatever was thrown into the one error envelope. What nobody foresaw is logged and answered without detail. */
@Catch()
export class OAuthErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(OAuthErrorFilter.name);

  constructor(private readonly host: HttpAdapterHost) {}

  catch(exception: unknown, context: ArgumentsHost): void {
    this.answer(exception, context.getArgByIndex(1));
  }

  /** As {@link catch}, where there is only a response. */
  answer(exception: unknown, response: unknown): void {
    const { httpAdapter } = this.host;
    const error = this.translate(exception);
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      ...error.headers,
    };
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, error.getResponse(), error.getStatus());
  }

  private translate(exception: unknown): OAuthError {
    if (exception instanceof OAuthError) return exception;
    const status = statusOf(exception);
    if (status === 413) return OAuthError.tooLarge();
    if (status < 500)
      return new OAuthError(
        status,
        CODES[status] ?? 'invalid_request',
        SENTENCES[status] ?? 'The request is malformed.',
      );
    // Somebody has foreseen it: a probe, or a guard of the host.
    if (status === 503) return OAuthError.unavailable();
    // Only the stack: the parameters of a failed query are properties of its error, and may be hashes.
    this.logger.error(exception instanceof Error ? exception.stack : 'Something that is no error was thrown.');
    return OAuthError.unexpected();
  }
}

/** The status of Nest's exceptions, and of those that parsers and routers below Nest throw; 500 for everything else. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  if (exception instanceof URIError) return 400;
  const status: unknown = exception instanceof Error && 'statusCode' in exception ? exception.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

/**
 * What is the registry's to answer: everything but the exceptions of guards, pipes and interceptors of the application,
 * which are Nest's own or derived from them. The registry itself throws no such exception that is not an {@link OAuthError}.
 */
abstract class OwnConcern {
  static [Symbol.hasInstance](exception: unknown): boolean {
    return exception instanceof OAuthError || !(exception instanceof HttpException);
  }
}

/** As {@link OAuthErrorFilter}, within an application that refuses requests in a shape of its own. */
@Catch(OwnConcern)
export class OAuthApiFilter extends OAuthErrorFilter {}
