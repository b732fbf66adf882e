import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { OAuthError } from '../oauth-error/oauth-error.js';

interface Received {
  body?: unknown;
  headers: Record<string, string | undefined>;
}

/**
 * The body: bytes, or what the application's own parser has made of it. What a parser of forms makes of JSON (curl sends it
 * as a form unless it is told otherwise) would be a client without any of its members, so it is refused.
 *
 * @throws OAuthError 400 `invalid_request`
 */
export const RequestBody = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const { body, headers } = context.switchToHttp().getRequest<Received>();
  const isParsed = typeof body === 'object' && body !== null && !Buffer.isBuffer(body);
  if (isParsed && !/json/i.test(headers['content-type'] ?? ''))
    throw OAuthError.invalidRequest('The body was not read as JSON: send it with Content-Type: application/json.');
  return body;
});
