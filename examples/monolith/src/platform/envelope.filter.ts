import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Answers every error of the shop with `{ failure: { status, reason } }`. */
@Catch()
export class EnvelopeFilter implements ExceptionFilter {
  private readonly logger = new Logger(EnvelopeFilter.name);

  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, context: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status === 500) this.logger.error(error);
    const reason = error instanceof HttpException ? reasonOf(error) : 'Something went wrong.';
    this.host.httpAdapter.reply(context.switchToHttp().getResponse(), { failure: { status, reason } }, status);
  }
}

function reasonOf(error: HttpException): unknown {
  const body = error.getResponse();
  return typeof body === 'object' && 'message' in body ? body.message : error.message;
}
