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

/** The caller of the registration endpoint and its conditions, as options of the method that answers. */
export interface RegistrationCall extends Omit<BodyOptions, 'actor'> {
  /**
   * What the caller presented as `Authorization: Bearer`: an initial access token to register (RFC 7591 §3), the registration access token of the
   * client for all else (RFC 7592 §2). Default none.
   */
  token?: string | undefined;
  /** Header `If-Match`, as for changes by an administrator. Default any state. */
  ifMatch?: string | undefined;
  /** IP address of the caller: for the journal, and to count registrations and wrong secrets. Default unknown. */
  address?: string | undefined;
  /** `X-Request-Id` of the response, for the journal. Default none. */
  requestId?: string | undefined;
}

/** A {@link RegistrationCall} of a request over HTTP. */
export interface RegistrationRequest extends RegistrationCall {
  /** Notes which client the answer is about, for the log. */
  about: (id: string) => void;
}

/**
 * Extracts the {@link RegistrationRequest} from a request.
 *
 * @throws OAuthError 400 for a token in the query, which logs would keep: in any registration, otherwise beside a token in the header (RFC 6750
 * §3.1). Alone it is ignored: the answer is the 401 of a request without a token
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
 * Returns the actor that registers or manages a client here, for the journal.
 *
 * @param id of the client, or of the initial access token; `''` for an anonymous caller
 * @param name label of the initial access token. Default none
 */
export function registrant({ address, requestId }: RegistrationCall, id: string, name = ''): Actor {
  return { type: 'registration', id, name, ...(address && { address }), ...(requestId && { requestId }) };
}
