import type { IncomingMessage } from 'node:http';
import type { Principal } from './principal.js';
import type { Attempt } from './refusals/refusals.js';

/** One way to identify the sender of a request. */
export interface Authenticator {
  /**
   * Identifies the principal of a request by its head; the body has not been read.
   *
   * @param request the request as Node made it
   * @param token the token in `Authorization: Bearer`; `undefined` when there is no such header
   * @param attempt counts rejected credentials; `undefined` where nothing is counted
   * @returns `undefined` when the request has no credentials of this kind; a promise when it must look something up
   * @throws OAuthError 401 for credentials of this kind that are not valid, 429 after too many of them, 503 when they cannot be checked now
   */
  authenticate: (
    request: IncomingMessage,
    token: string | undefined,
    attempt?: Attempt,
  ) => Principal | undefined | Promise<Principal | undefined>;
}

/** Injection token of the list of {@link Authenticator}s that `AccessGuard` calls in turn. */
export const AUTHENTICATORS = Symbol('Authenticators');

/** Returns the bearer token of a request (RFC 6750 §2.1); `undefined` when it has none, or credentials of another scheme. */
export function bearerTokenOf({ headers: { authorization = '' } }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}
