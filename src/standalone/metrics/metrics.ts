import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { Gauge, Registry } from 'prom-client';
import { ClientCount } from '../../clients/list/client-counts.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { ChainStatements } from '../../journal/chain/chain.statements.js';
import { SecretsService } from '../../secrets/secrets.service.js';
import { DeliveryStatements } from '../../webhooks/delivery/delivery.statements.js';
import { Config } from '../config/config.js';
import { VERSION } from '../config/version.js';
import { PublicListener } from '../listener/public-listener.js';
import type { ServiceAdapter } from '../listener/service.adapter.js';
import { measureCertificates } from './certificate-metrics.js';
import { DatabaseMetrics } from './database-metrics.js';
import { EventMetrics } from './event-metrics.js';
import { Expiring } from './expiring.js';
import { measureHashing } from './hashing-metrics.js';
import { processMetrics } from './process-metrics.js';
import { RequestMetrics } from './request-metrics.js';

/** The metrics of one application. With `METRICS=off` nothing is measured. */
@Injectable()
export class Metrics implements OnModuleInit, OnApplicationShutdown {
  /** Media type of {@link text}. */
  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  private readonly registry = new Registry();
  private database?: DatabaseMetrics;
  private events?: EventMetrics;

  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost<ServiceAdapter>,
    private readonly modules: ModuleRef,
  ) {}

  /** Starts measuring. */
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
    const publicListener = this.modules.get(PublicListener, { strict: false });
    measureCertificates(this.registry, () => ({
      admin: this.host.httpAdapter.admin.certificate,
      public: publicListener.certificate,
    }));
    this.events = new EventMetrics(this.registry);
    measureHashing(this.registry, this.modules.get(SecretsService, { strict: false }).hashing);
    const database = this.modules.get(PreparedDatabase, { strict: false });
    this.database = new DatabaseMetrics(this.registry, {
      database,
      chain: this.modules.get(ChainStatements, { strict: false }),
      deliveries: this.modules.get(DeliveryStatements, { strict: false }),
      clients: new ClientCount(database),
      expiring: new Expiring(database),
    });
    processMetrics();
  }

  /** Stops counting events, whose channels belong to the whole process. */
  onApplicationShutdown(): void {
    this.events?.end();
  }

  /** Returns all current metrics, in Prometheus's text format 0.0.4. */
  async text(): Promise<string> {
    await this.database?.update();
    return (await this.registry.metrics()) + (await processMetrics().metrics());
  }
}
