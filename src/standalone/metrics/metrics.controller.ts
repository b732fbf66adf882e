import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '../../access/requires.decorator.js';
import { MethodNotAllowed } from '../../oauth-error/method-not-allowed.js';
import { ShowsMetrics } from './metrics.docs.js';
import { MetricsGuard } from './metrics.guard.js';
import { Metrics } from './metrics.js';

/** Serves the metrics of this process to Prometheus. */
@ApiTags('metrics')
@Controller('metrics')
@MethodNotAllowed()
@UseGuards(MetricsGuard)
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Requires('metrics:read')
  @ShowsMetrics('getMetrics', 'Get the metrics')
  show(): Promise<string> {
    return this.metrics.text();
  }

  @Get('prometheus')
  @Requires('metrics:read')
  @ShowsMetrics('getPrometheusMetrics', 'Get the metrics, at the path that Ory Hydra has for them')
  showAsHydra(): Promise<string> {
    return this.metrics.text();
  }
}
