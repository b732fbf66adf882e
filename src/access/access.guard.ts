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
   * Decides from the head of a request.
   *
   * @param context context of a request of Express or Fastify
   * @throws OAuthError 401 when the caller cannot be identified, 429 after too many such requests, 403 `insufficient_scope`, 503 when the
   * credentials cannot be checked now
   */
  async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const raw = rawOf(request);
    const scope = this.reflector.get<Scope | undefined>(REQUIRED_SCOPE, context.getHandler());
    let principal: Principal | undefined;
    try {
      principal = principalOf(request) ?? (await this.authenticate(raw));
      // Recorded before the check, because the log of a rejected request needs it, too.
      actAs(request, principal);
      if (scope && !mayDo(principal, scope)) throw scopeMissing(scope);
    } catch (error) {
      if (error instanceof OAuthError && error.getStatus() < 500)
        this.report(error, raw, principal, namedBy(context.switchToHttp().getResponse()));
      throw error;
    }
    return true;
  }

  private async authenticate(request: IncomingMessage): Promise<Principal> {
    const token = bearerTokenOf(request);
    const attempt = this.refusals?.of(request);
    for (const authenticator of this.authenticators) {
      const principal = await authenticator.authenticate(request, token, attempt);
      if (principal) return principal;
    }
    throw request.headers.authorization ? countedRefusal(attempt) : credentialsMissing();
  }

  /** Logs a rejection. Omits the path: it may contain text that a caller sent by mistake, such as a secret. */
  private report(
    error: OAuthError,
    request: IncomingMessage,
    principal: Principal | undefined,
    named: NamedRequest[],
  ): void {
    const who = principal ? `${principal.type} ${principal.id}` : 'unknown';
    const refused = `Refused ${error.getStatus()} ${error.code}`;
    const source = this.refusals ? this.refusals.sourceOf(request) : request.socket.remoteAddress;
    this.logger.warn(`${refused}: ${request.method} from ${source}, ${who}.`, ...named);
    tell(ACCESS_REFUSALS, { outcome: OUTCOMES[error.getStatus()] ?? 'unauthenticated' });
  }
}
