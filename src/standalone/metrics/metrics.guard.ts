import type { IncomingMessage } from 'node:http';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AccessGuard } from '../../access/access.guard.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { Config } from '../config/config.js';
import { MetricsListener } from './metrics-listener.js';

/** Lets callers read the metrics as the setting `METRICS` says. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly access: AccessGuard,
    private readonly listener: MetricsListener,
  ) {}

  /** @throws OAuthError 404 when metrics are switched off or on another port; unless they are open, also what `AccessGuard` throws */
  async canActivate(context: ExecutionContext): Promise<true> {
    if (!this.listener.serves(context.switchToHttp().getRequest<IncomingMessage>()))
      throw OAuthError.notFound('Metrics are not here: they have a port of their own, METRICS_PORT.');
    if (this.config.METRICS === 'off') throw OAuthError.notFound('Metrics are switched off here: METRICS is off.');
    return this.config.METRICS === 'open' || this.access.canActivate(context);
  }
}
