import { Module } from '@nestjs/common';
import { AccessGuard } from '../../access/access.guard.js';
import { MethodNotAllowedModule } from '../../oauth-error/method-not-allowed.module.js';
import { AccessModule } from '../access/access.module.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsListener } from './metrics-listener.js';
import { MetricsGuard } from './metrics.guard.js';
import { Metrics } from './metrics.js';

/** Measures the service, and serves the metrics. */
@Module({
  imports: [AccessModule, MethodNotAllowedModule],
  controllers: [MetricsController],
  providers: [AccessGuard, MetricsGuard, Metrics, MetricsListener],
})
export class MetricsModule {}
