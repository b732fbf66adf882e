import { lookup } from 'node:dns/promises';
import type { IncomingMessage, Server } from 'node:http';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isLoopback } from '../../http/accepted-hosts.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { Config, ConfigError } from '../config/config.js';
import { admission, adminCallers, type Admission } from '../listener/admission.js';
import { openServer } from '../listener/open-server.js';
import type { ServiceAdapter } from '../listener/service.adapter.js';

/** The only paths of the metrics listener. */
const PATH = /^\/metrics(\/prometheus)?\/?$/;

/** The listener that serves only the metrics, if `METRICS_PORT` is set. It ends with the admin listener. */
@Injectable()
export class MetricsListener implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Main');
  private server?: Server;

  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost<ServiceAdapter>,
  ) {}

  /** @throws ConfigError for settings that contradict each other */
  async onModuleInit(): Promise<void> {
    const { METRICS, METRICS_HOST, METRICS_PORT, ADMIN_PORT, isOpen } = this.config;
    if (METRICS_PORT === undefined) {
      if (METRICS_HOST === '') return;
      throw new ConfigError('METRICS_HOST has no effect without METRICS_PORT: set both, or remove it.');
    }
    if (METRICS === 'off')
      throw new ConfigError(
        'METRICS_PORT has no effect with METRICS=off: remove it, or set METRICS to guarded or open.',
      );
    if (METRICS_PORT === ADMIN_PORT && METRICS_PORT !== 0)
      throw new ConfigError('METRICS_PORT must not be ADMIN_PORT: choose another, or remove it.');
    if (METRICS === 'guarded' && isOpen && !(await this.isLocal()))
      throw new ConfigError(
        'METRICS must be open, since other machines may reach METRICS_HOST and no ADMIN_AUTH says who they are; or set ADMIN_AUTH.',
      );
  }

  /** @throws ConfigError when the server cannot listen there */
  async onApplicationBootstrap(): Promise<void> {
    const { METRICS_PORT, metricsHost } = this.config;
    if (METRICS_PORT === undefined) return;
    this.server = this.host.httpAdapter.newOther();
    const url = await openServer(this.server, { port: METRICS_PORT, host: metricsHost, setting: 'METRICS_PORT' });
    this.logger.log(`Metrics on ${url}/metrics.`);
  }

  /** Whether a request may read metrics where it arrived: at the metrics listener, or anywhere if there is no such listener. */
  serves(request: IncomingMessage): boolean {
    return this.config.METRICS_PORT === undefined || this.isHere(request);
  }

  /**
   * Admits requests of this listener to the metrics only.
   *
   * @param admin the middleware that admits requests of the admin listener
   */
  admission(admin: Admission): Admission {
    if (this.config.METRICS_PORT === undefined) return admin;
    let own: Admission | undefined;
    return (request, response, next) => {
      const { config, server } = this;
      if (server) own ??= admission(server, { ...adminCallers(config, []), host: config.metricsHost });
      if (!own || !this.isHere(request)) admin(request, response, next);
      else if (PATH.test(request.path)) own(request, response, next);
      else next(OAuthError.notFound('Only /metrics is here: the admin API has another port.'));
    };
  }

  private isHere(request: IncomingMessage): boolean {
    return this.server !== undefined && this.host.httpAdapter.otherOf(request) === this.server;
  }

  private async isLocal(): Promise<boolean> {
    const { metricsHost } = this.config;
    const { address } = await lookup(metricsHost).catch(() => ({ address: metricsHost }));
    return isLoopback(address);
  }
}
