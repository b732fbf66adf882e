import type { ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Received } from '../http/request-body.decorator.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { requestIdOf } from '../oauth-error/request-id.js';
import type { CallerOptions } from './caller-options.decorator.js';
import type { Actor } from './principal.js';
import { principalOf, rawOf, type HttpRequest } from './principal-of.js';

/** A request of Express, or of Fastify. */
type Asking = HttpRequest & Received;
/** A response of Express, or of Fastify. */
type Replying = ServerResponse | { raw: ServerResponse };

/** Who changes a resource, from where, and under which conditions, as options of the service method that handles the request. */
export interface ChangeConditions extends CallerOptions {
  /** `If-Match` (RFC 9110 §13.1.1). */
  ifMatch: string | undefined;
  /** Aborted when the connection closes before the response has been sent. */
  signal: AbortSignal;
}

/** Returns the {@link ChangeConditions} of a request. */
export function conditionsOf(context: ExecutionContext): ChangeConditions {
  const http = context.switchToHttp();
  const request = http.getRequest<Asking>();
  const reply = http.getResponse<Replying>();
  const response = 'raw' in reply ? reply.raw : reply;
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(OAuthError.unavailable(new Error('The caller is gone.')));
  });
  return { actor: actorOf(request, reply), ifMatch: request.headers['if-match'], signal: controller.signal };
}

/** Returns the principal of a request, with its address and the identifier of the request. */
function actorOf(request: HttpRequest, reply: Replying): Actor | undefined {
  const principal = principalOf(request);
  const requestId = requestIdOf(reply);
  return principal && { ...principal, address: rawOf(request).socket.remoteAddress, ...(requestId && { requestId }) };
}

/** The {@link ChangeConditions} of a request without a body; for one with a body, see `HeaderOptions`. */
export const Conditions = createParamDecorator((_: unknown, context: ExecutionContext) => conditionsOf(context));
