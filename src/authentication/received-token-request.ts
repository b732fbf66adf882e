import type { IncomingHttpHeaders } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { principalOf, rawOf, type HttpRequest } from '../access/principal-of.js';
import { bodyArrived } from '../http/read-bytes.js';
import { jsonBody } from '../json/json-body.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import type { TokenRequest } from './token-request.js';

/** Header that carries the client's own `Authorization`; the header `Authorization` itself is the caller's. */
export const CLIENT_AUTHORIZATION = 'Client-Authorization';
/** Header with the address of the client whose form is sent: {@link TokenRequest.source}. */
export const CLIENT_SOURCE = 'Client-Source';
/** Media type of a request that is the client's form itself. */
export const FORM = 'application/x-www-form-urlencoded';

/**
 * Injects the request of a client, as an authorization server passes it on: a JSON object with the members of {@link TokenRequest}, or the
 * client's form itself, with its header `Authorization` as `Client-Authorization` and its address as `Client-Source`. Only when the caller is
 * anonymous, since access is open to everybody, `Authorization` may also be the client's.
 *
 * @throws OAuthError 400 for a body that is neither
 */
export const ReceivedTokenRequest = createParamDecorator(
  async (_: unknown, context: ExecutionContext): Promise<TokenRequest> => {
    const request = context.switchToHttp().getRequest<HttpRequest & { body?: unknown }>();
    await bodyArrived(request);
    const { headers } = rawOf(request);
    if (headers['content-type']?.toLowerCase().startsWith(FORM) === true) {
      const form = request.body instanceof Uint8Array ? Buffer.from(request.body).toString() : request.body;
      if (!isObject(form)) return fromForm(form, headers, principalOf(request)?.type === 'anonymous');
    }
    const received = jsonBody(request.body);
    if (typeof received !== 'object' || received === null || Array.isArray(received))
      throw OAuthError.invalidRequest('The body must be a JSON object, or a form.');
    return received;
  },
);

/** Whether a body is the text of a JSON object: curl labels it as a form by default, but no form begins with a brace. */
function isObject(body: unknown): boolean {
  return typeof body === 'string' && /^\s*\{/.test(body);
}

function fromForm(body: unknown, headers: IncomingHttpHeaders, isOpen: boolean): TokenRequest {
  const own = headers[CLIENT_AUTHORIZATION.toLowerCase()] ?? (isOpen ? headers.authorization : undefined);
  const source = headers[CLIENT_SOURCE.toLowerCase()];
  return {
    form: body as TokenRequest['form'],
    ...(own !== undefined && { authorization: String(own) }),
    ...(source !== undefined && { source: String(source) }),
  };
}
