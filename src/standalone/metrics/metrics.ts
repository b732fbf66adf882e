import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Gauge, Registry } from 'prom-client';
import { Config } from '../config/config.js';
import { VERSION } from '../config/version.js';
import type { ServiceAdapter } from '../listener/service.adapter.js';
import { processMetrics } from './process-metrics.js';
import { RequestMetrics } from './request-metrics.js';

/** The numbers of one application. With `METRICS=off` nothing is measured. */
@Injectable()
export class Metrics implements OnModuleInit {
  /** Media type of {@link text}. */
  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  private readonly registry = new Registry();

  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost<ServiceAdapter>,
  ) {}

  /** Begins to measure. */
  onModuleInit(): void {
    if (this.config.METRICS === 'off') return;
    const build = new Gauge({
      name: 'oauth2_registry_build_info',
      help: 'Always 1; the label says which release runs.',
      labelNames: ['version'],
      registers: [this.registry],
    });
    build.set({ version: VERSION }, 1);
    this.host.httpAdapter.observe(new RequestMetrics(this.registry));
    processMetrics();
  }

  /** All numbers as they are now, in Prometheus's text format 0.0.4. */
  async text(): Promise<string> {
    return (await this.registry.metrics()) + (await processMetrics().metrics());
  }
}
