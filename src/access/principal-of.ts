import type { IncomingMessage } from 'node:http';
import type { Principal } from './principal.js';

/** A request of Express, which is Node's own, or of Fastify. */
export type HttpRequest = IncomingMessage | FastifyLike;

/** A request of Fastify. */
export interface FastifyLike {
  /** The request as Node made it. */
  raw: IncomingMessage;
}

/** Property of a request that holds its principal. A `WeakMap` of all requests would burden every garbage collection. */
const PRINCIPAL = Symbol('principal');
/** Property of a request that holds the client that its response is about. */
const CLIENT = Symbol('client');

interface Sent extends IncomingMessage {
  [PRINCIPAL]?: Principal;
  [CLIENT]?: string;
}

/** Returns Node's own request, whatever server handles it. */
export function rawOf(request: HttpRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/**
 * Records who sent a request: a guard of the application calls this when the application has a login of its own. The principal
 * then acts in the services of the registry, and `AccessGuard` restricts it to its scopes.
 *
 * @param request a request of Express or Fastify
 * @param principal who sent it
 */
export function actAs(request: HttpRequest, principal: Principal): void {
  const sent: Sent = rawOf(request);
  sent[PRINCIPAL] = principal;
}

/** Returns the principal that sent a request; `undefined` until a guard has recorded one. */
export function principalOf(request: HttpRequest): Principal | undefined {
  const sent: Sent = rawOf(request);
  return sent[PRINCIPAL];
}

/** Records which client the response to a request is about, for the log; unnecessary where the path names the client. */
export function isAbout(request: HttpRequest, clientId: string): void {
  const sent: Sent = rawOf(request);
  sent[CLIENT] = clientId;
}

/** Returns the client that the response to a request is about; `undefined` until it has been recorded. */
export function clientOf(request: HttpRequest): string | undefined {
  const sent: Sent = rawOf(request);
  return sent[CLIENT];
}
