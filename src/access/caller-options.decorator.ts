import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from './principal.js';
import { principalOf, type HttpRequest } from './principal-of.js';

/** The sender of a request, as options of the service method that handles it. */
export interface CallerOptions {
  /** The principal; `undefined` where no guard has recorded one. */
  actor: Actor | undefined;
}

/** The {@link CallerOptions} of a request that reads; for one that changes a resource, see `Conditions`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerOptions => ({
  actor: principalOf(context.switchToHttp().getRequest<HttpRequest>()),
}));
