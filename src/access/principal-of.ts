import type { IncomingMessage } from 'node:http';
import type { Principal } from './principal.js';

/** A request of Express, which is Node's own, or of Fastify. */
export type HttpRequest = IncomingMessage | FastifyLike;

/** A request of Fastify. */
export interface FastifyLike {
  /** The request as Node made it. */
  raw: IncomingMessage;
}

/** Who sent which request. */
const principals = new WeakMap<IncomingMessage, Principal>();

/** The request as Node made it, whatever server handles it. */
export function rawOf(request: HttpRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/**
 * Says who sent a request: a guard of the application does so when the application has a login of its own. The principal then
 * acts in the services of the registry, and `AccessGuard` holds it to its scopes.
 *
 * @param request a request of Express or Fastify
 * @param principal who sent it
 */
export function actAs(request: HttpRequest, principal: Principal): void {
  principals.set(rawOf(request), principal);
}

/** Who sent a request; `undefined` as long as no guard has said so. */
export function principalOf(request: HttpRequest): Principal | undefined {
  return principals.get(rawOf(request));
}
