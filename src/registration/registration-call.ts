import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { BodyOptions } from '../access/call-options.js';
import type { Actor } from '../access/principal.js';
import { bearerTokenOf } from '../access/authenticator.js';
import { isAbout, rawOf, type HttpRequest } from '../access/principal-of.js';
import { requestOptionsOf } from '../access/request-options.decorator.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import { sourceOf } from '../http/source-of.js';
import { requestIdOf } from '../oauth-error/request-id.js';
import { tokenInQuery } from './registration-errors.js';

/** Who calls the registration endpoint, and how, as options of the method that answers. */
export interface RegistrationCall extends Omit<BodyOptions, 'actor'> {
  /**
   * What the caller presented as `Authorization: Bearer`: an initial access token to register (RFC 7591 §3), the registration access token
   * of the client for all else (RFC 7592 §2). Default nothing.
   */
  token?: string | undefined;
  /** Header `If-Match`, as for changes by an administrator. Default any state. */
  ifMatch?: string | undefined;
  /** IP address of the caller, for the journal, and by which wrong secrets are counted. Default nobody knows. */
  address?: string | undefined;
  /** What the answer to the request has in `X-Request-Id`, for the journal. Default none. */
  requestId?: string | undefined;
}

/** A {@link RegistrationCall} of a request over HTTP. */
export interface RegistrationRequest extends RegistrationCall {
  /** Notes which client the answer is about, for the log. */
  about: (id: string) => void;
}

/**
 * The {@link RegistrationRequest} of a request.
 *
 * @throws OAuthError 400 for a token in the query, which logs would keep: in a registration, and beside one in the header (RFC 6750 §3.1).
 * Alone it is no token: the answer is the 401 of a request without one
 */
export const Registrant = createParamDecorator((_: unknown, context: ExecutionContext): RegistrationRequest => {
  const http = context.switchToHttp();
  const request = http.getRequest<HttpRequest & Addressed>();
  const raw = rawOf(request);
  const token = bearerTokenOf(raw);
  if ((token || raw.method === 'POST') && queryOf(request).has('access_token')) throw tokenInQuery();
  const { actor, ...options } = requestOptionsOf(context);
  return {
    ...options,
    token,
    address: sourceOf(request) ?? actor?.address ?? raw.socket.remoteAddress,
    requestId: requestIdOf(http.getResponse<Parameters<typeof requestIdOf>[0]>()),
    about: (id) => isAbout(request, id),
  };
});

/**
 * Who registers or manages a client by this door, for the journal.
 *
 * @param id that of the client, or of the initial access token; `''` for nobody in particular
 * @param name label of the initial access token. Default none
 */
export function registrant({ address, requestId }: RegistrationCall, id: string, name = ''): Actor {
  return { type: 'registration', id, name, ...(address && { address }), ...(requestId && { requestId }) };
}
