import type { EventEmitter } from 'node:events';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { OAuthError } from '../oauth-error/oauth-error.js';

/** The part of a request that Express and Fastify have in common. */
export interface Received {
  headers: Record<string, string | undefined>;
}
/** A response of Express, or of Fastify. */
type Replying = EventEmitter | { raw: EventEmitter };

/** Under which conditions a request changes a resource, as options of the method that answers it. */
export interface ChangeConditions {
  /** `If-Match` (RFC 9110 §13.1.1). */
  ifMatch: string | undefined;
  /** Aborted when the connection is closed. */
  signal: AbortSignal;
}

/** The {@link ChangeConditions} of a request. */
export function conditionsOf(context: ExecutionContext): ChangeConditions {
  const http = context.switchToHttp();
  const reply = http.getResponse<Replying>();
  const controller = new AbortController();
  const leave = () => controller.abort(OAuthError.unavailable(new Error('The caller is gone.')));
  ('raw' in reply ? reply.raw : reply).once('close', leave);
  return { ifMatch: http.getRequest<Received>().headers['if-match'], signal: controller.signal };
}

/** The {@link ChangeConditions} of a request without a body; with one, see `HeaderOptions`. */
export const Conditions = createParamDecorator((_: unknown, context: ExecutionContext) => conditionsOf(context));
