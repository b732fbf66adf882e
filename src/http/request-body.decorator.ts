import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { bodyArrived } from './read-bytes.js';

/** The part of a request that Express and Fastify have in common. */
export interface Received {
  headers: Record<string, string | undefined>;
}

interface WithBody extends Received {
  body?: unknown;
}

/**
 * The request body: bytes, or the value that the application's own parser made of it. Rejects a parsed body of a media type
 * other than JSON: curl declares JSON as a form by default, and a form parser then yields none of the expected members.
 *
 * @throws OAuthError 400 `invalid_request`
 */
export const RequestBody = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<WithBody>();
  const arriving = bodyArrived(request);
  return arriving ? arriving.then(() => bodyOf(request)) : bodyOf(request);
});

function bodyOf({ body, headers }: WithBody): unknown {
  const isParsed = typeof body === 'object' && body !== null && !Buffer.isBuffer(body);
  if (isParsed && !/json/i.test(headers['content-type'] ?? ''))
    throw OAuthError.invalidRequest('The body was not read as JSON: send it with Content-Type: application/json.');
  return body;
}
