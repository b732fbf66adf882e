import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter, Histogram, type Registry } from 'prom-client';
import { routeOf } from '../../http/route-of.js';
import { WaitingValues } from './waiting-values.js';

/** The methods that have a label of their own: callers may send any, and each label costs memory for ever. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Label of a method or a route that has none of its own. */
const OTHER = 'other';

/** Status of a request whose caller was gone before the whole answer was sent. */
const ABORTED = 'aborted';

/** Upper ends of the buckets of durations, in seconds: from a read in memory to a database that hardly answers. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts requests, and times them; counts connections that had none. */
export class RequestMetrics {
  private readonly requests: Counter<'method' | 'route' | 'status'>;
  private readonly durations: Histogram<'method' | 'route' | 'status_class'>;
  private readonly drops: Counter;
  private readonly waiting = new WaitingValues((series, seconds) => this.pass(series, seconds));

  /** @param registry where the numbers are kept */
  constructor(registry: Registry) {
    const collect = () => this.waiting.passAll();
    this.requests = new Counter({
      name: 'oauth2_registry_http_requests_total',
      help: 'Requests whose answer or connection has ended, by method, route and status; `aborted` where the caller was gone before the whole answer was sent.',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
      collect,
    });
    this.durations = new Histogram({
      name: 'oauth2_registry_http_request_duration_seconds',
      help: 'Time from the arrival of the head of a request to the end of its answer, by method, route and class of the status.',
      labelNames: ['method', 'route', 'status_class'],
      buckets: SECONDS,
      registers: [registry],
      collect,
    });
    this.drops = new Counter({
      name: 'oauth2_registry_connections_dropped_total',
      help: 'Connections that were closed at once, since as many as ADMIN_MAX_CONNECTIONS were open.',
      registers: [registry],
    });
  }

  /**
   * A request whose answer or connection has ended.
   *
   * @param begun when its head arrived, by `performance.now()`
   */
  ended(request: IncomingMessage, response: ServerResponse, begun: number): void {
    const seconds = (performance.now() - begun) / 1000;
    const { method: sent = '' } = request;
    const method = METHODS.has(sent) ? sent : OTHER;
    // The path itself would be a label for each path that a caller makes up, and may hold what nobody should read.
    const route = routeOf(request) ?? OTHER;
    const status = response.writableFinished ? response.statusCode : ABORTED;
    this.waiting.add(`${method} ${status} ${route}`, seconds);
  }

  /** A connection that was closed at once. */
  dropped(): void {
    this.drops.inc();
  }

  /** A request that Node refused: nobody knows its method, nor how long it took. */
  refused(status: number): void {
    this.requests.inc({ method: OTHER, route: OTHER, status: String(status) });
  }

  private pass(series: string, seconds: readonly number[]): void {
    const [method = OTHER, status = OTHER, ...route] = series.split(' ');
    const labels = { method, route: route.join(' ') };
    this.requests.inc({ ...labels, status }, seconds.length);
    const durations = this.durations.labels({
      ...labels,
      status_class: status === ABORTED ? ABORTED : `${status[0]}xx`,
    });
    for (const one of seconds) durations.observe(one);
  }
}
