import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from './principal.js';
import { principalOf, type HttpRequest } from './principal-of.js';

/** Who sends a request, as options of the method that answers it. */
export interface CallerOptions {
  /** The principal; `undefined` where no guard named one. */
  actor: Actor | undefined;
}

/** The {@link CallerOptions} of a request that reads; one that changes has `Conditions`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerOptions => ({
  actor: principalOf(context.switchToHttp().getRequest<HttpRequest>()),
}));
