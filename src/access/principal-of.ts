import type { IncomingMessage } from 'node:http';
import type { Principal } from './principal.js';

/** A request of Express, which is Node's own, or of Fastify. */
export type HttpRequest = IncomingMessage | FastifyLike;

/** A request of Fastify. */
export interface FastifyLike {
  /** The request as Node made it. */
  raw: IncomingMessage;
}

/** Where a request says who sent it. A `WeakMap` of all requests would be work for each garbage collection. */
const PRINCIPAL = Symbol('principal');
/** Where a request says which client its answer is about. */
const CLIENT = Symbol('client');

interface Sent extends IncomingMessage {
  [PRINCIPAL]?: Principal;
  [CLIENT]?: string;
}

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
  const sent: Sent = rawOf(request);
  sent[PRINCIPAL] = principal;
}

/** Who sent a request; `undefined` as long as no guard has said so. */
export function principalOf(request: HttpRequest): Principal | undefined {
  const sent: Sent = rawOf(request);
  return sent[PRINCIPAL];
}

/** Says which client the answer to a request is about, for the log; where the path names it, nobody has to. */
export function isAbout(request: HttpRequest, clientId: string): void {
  const sent: Sent = rawOf(request);
  sent[CLIENT] = clientId;
}

/** Which client the answer to a request is about; `undefined` as long as nobody has said so. */
export function clientOf(request: HttpRequest): string | undefined {
  const sent: Sent = rawOf(request);
  return sent[CLIENT];
}
