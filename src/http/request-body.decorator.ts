import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Received } from './change-conditions.decorator.js';
import { OAuthError } from '../oauth-error/oauth-error.js';

interface WithBody extends Received {
  body?: unknown;
}

/**
 * The request body: bytes, or the value that the application's own parser made of it. A form parser reads JSON as a form
 * without the expected members, and curl sends JSON as a form by default, so a parsed body of another media type is refused.
 *
 * @throws OAuthError 400 `invalid_request`
 */
export const RequestBody = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const { body, headers } = context.switchToHttp().getRequest<WithBody>();
  const isParsed = typeof body === 'object' && body !== null && !Buffer.isBuffer(body);
  if (isParsed && !/json/i.test(headers['content-type'] ?? ''))
    throw OAuthError.invalidRequest('The body was not read as JSON: send it with Content-Type: application/json.');
  return body;
});
