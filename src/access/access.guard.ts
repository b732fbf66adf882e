import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Logger, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { namedBy, type NamedRequest } from '../oauth-error/request-id.js';
import { ACCESS_REFUSALS, tell, type AccessRefused } from '../telemetry/events.js';
import { countedRefusal, credentialsMissing, scopeMissing } from './access-errors.js';
import { AUTHENTICATORS, bearerTokenOf, type Authenticator } from './authenticator.js';
import { mayDo, type Principal } from './principal.js';
import { actAs, principalOf, rawOf, type HttpRequest } from './principal-of.js';
import { Refusals } from './refusals/refusals.js';
import { REQUIRED_SCOPE } from './requires.decorator.js';
import type { Scope } from './scopes.js';

/** Outcome of a rejected request, by status. */
const OUTCOMES: Record<number, AccessRefused['outcome']> = { 403: 'forbidden', 429: 'limited' };

/**
 * Admits only callers that have the scope of a route: see `Requires`. The principal is the one that an earlier guard recorded
 * with `actAs`; otherwise the {@link AUTHENTICATORS} determine it. Each rejection is one line of the log.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  /** @internal */
  constructor(
    private readonly reflector: Reflector,
    @Optional() @Inject(AUTHENTICATORS) private readonly authenticators: readonly Authenticator[] = [],
    @Optional() private readonly refusals?: Refusals,
  ) {}

  /**
   * Decides from the head of a request: at once, if nothing must be looked up.
   *
   * @param context context of a request of Express or Fastify
   * @throws OAuthError 401 when the caller cannot be identified, 429 after too many such requests, 403 `insufficient_scope`, 503 when the
   * credentials cannot be checked now
   */
  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const scope = this.reflector.get<Scope | undefined>(REQUIRED_SCOPE, context.getHandler());
    const refuse = (error: unknown): never => {
      if (error instanceof OAuthError && error.getStatus() < 500)
        this.report(error, request, namedBy(context.switchToHttp().getResponse()));
      throw error;
    };
    try {
      const principal = principalOf(request) ?? this.authenticate(rawOf(request));
      if (!isPending(principal)) return admit(request, principal, scope);
      return principal.then((found) => admit(request, found, scope)).catch(refuse);
    } catch (error) {
      return refuse(error);
    }
  }

  private authenticate(request: IncomingMessage): Principal | Promise<Principal> {
    const token = bearerTokenOf(request);
    const attempt = this.refusals?.of(request);
    const ask = (at: number): Principal | Promise<Principal> => {
      const authenticator = this.authenticators[at];
      if (!authenticator) throw request.headers.authorization ? countedRefusal(attempt) : credentialsMissing();
      const found = authenticator.authenticate(request, token, attempt);
      // Whatever is false is nobody: an authenticator of the application may return more than its type says.
      const orNext = (principal: Principal | undefined) => (principal ? principal : ask(at + 1));
      return isPending(found) ? Promise.resolve(found).then(orNext) : orNext(found);
    };
    return ask(0);
  }

  /** Logs a rejection. Omits the path: it may contain text that a caller sent by mistake, such as a secret. */
  private report(error: OAuthError, request: HttpRequest, named: NamedRequest[]): void {
    const principal = principalOf(request);
    const raw = rawOf(request);
    const who = principal ? `${principal.type} ${principal.id}` : 'unknown';
    const refused = `Refused ${error.getStatus()} ${error.code}`;
    const source = this.refusals ? this.refusals.sourceOf(raw) : raw.socket.remoteAddress;
    this.logger.warn(`${refused}: ${raw.method} from ${source}, ${who}.`, ...named);
    tell(ACCESS_REFUSALS, { outcome: OUTCOMES[error.getStatus()] ?? 'unauthenticated' });
  }
}

/** @throws OAuthError 403 `insufficient_scope` */
function admit(request: HttpRequest, principal: Principal, scope: Scope | undefined): true {
  // Recorded before the check, because the log of a rejected request needs it, too.
  actAs(request, principal);
  if (scope && !mayDo(principal, scope)) throw scopeMissing(scope);
  return true;
}

/** Whether a result is still to come. Told by `then`: the class of promises may be another one than this code has. */
function isPending<T>(result: T | Promise<T>): result is Promise<T> {
  return typeof (result as Partial<Promise<T>> | null | undefined)?.then === 'function';
}
