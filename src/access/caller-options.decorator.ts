import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from './principal.js';
import { principalOf, rawOf, type HttpRequest } from './principal-of.js';

/** Who sends a request, as options of the method that answers it. */
export interface CallerOptions {
  /** The principal, and where the request came from; `undefined` where no guard named one. */
  actor: Actor | undefined;
}

/** The {@link CallerOptions} of a request. */
export function callerOf(context: ExecutionContext): CallerOptions {
  const request = context.switchToHttp().getRequest<HttpRequest>();
  const principal = principalOf(request);
  return { actor: principal && { ...principal, address: rawOf(request).socket.remoteAddress } };
}

/** The {@link CallerOptions} of a request that reads; one that changes has `Conditions`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => callerOf(context));
