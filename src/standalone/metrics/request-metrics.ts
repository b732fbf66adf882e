import { Counter, type Registry } from 'prom-client';
import type { EndedHttpRequest } from '../listener/service.adapter.js';
import { DurationHistogram, type Durations } from './duration-histogram.js';

/** The methods with a label of their own. Callers may send any other method, too, and each label occupies memory for ever. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Label of a method or a route that has none of its own. */
const OTHER = 'other';

/** Status of a request whose connection closed before the whole answer was sent. */
const ABORTED = 'aborted';

/** Upper bounds of the buckets of durations, in seconds: from a read in memory to a database that hardly answers. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The requests of one method, one status and one route. */
interface Series {
  /** Its labels. */
  labels: Record<'method' | 'route' | 'status', string>;
  /** Requests that have not been added to the counter yet. */
  more: number;
  /** The durations of all requests with a status of the same class. */
  durations: Durations;
}

/** Counts and times requests, and counts dropped connections. */
export class RequestMetrics {
  private readonly requests: Counter<'method' | 'route' | 'status'>;
  private readonly histogram: DurationHistogram;
  private readonly drops: Counter;
  /** By method, status and route. */
  private readonly series = new Map<string, Series>();

  /** @param registry where the numbers are kept */
  constructor(registry: Registry) {
    this.requests = new Counter({
      name: 'oauth2_registry_http_requests_total',
      help: 'Requests whose answer or connection has ended, by method, route and status; `aborted` where the caller was gone before the whole answer was sent.',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
      collect: () => this.count(),
    });
    this.histogram = new DurationHistogram({
      name: 'oauth2_registry_http_request_duration_seconds',
      help: 'Time from the arrival of the head of a request to the end of its answer, by method, route and class of the status.',
      labelNames: ['method', 'route', 'status_class'],
      buckets: SECONDS,
      registers: [registry],
    });
    this.drops = new Counter({
      name: 'oauth2_registry_connections_dropped_total',
      help: 'Connections that were closed at once, since as many as ADMIN_MAX_CONNECTIONS were open.',
      registers: [registry],
    });
  }

  /** Counts a request whose answer or connection has ended. */
  ended({ request, answer, route = OTHER, isWhole, ms }: EndedHttpRequest): void {
    const { method: sent = '' } = request;
    const method = METHODS.has(sent) ? sent : OTHER;
    // The label is the route, not the path: callers may make up any number of paths, and a path may hold secrets.
    const status = isWhole ? answer.statusCode : ABORTED;
    const key = `${method} ${status} ${route}`;
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = this.newSeries({ method, route, status: String(status) })));
    series.more += 1;
    series.durations.add(ms / 1000);
  }

  /** Counts a connection that was closed on arrival. */
  dropped(): void {
    this.drops.inc();
  }

  /** Counts a request that Node rejected: its method and its duration are unknown. */
  refused(status: number): void {
    this.requests.inc({ method: OTHER, route: OTHER, status: String(status) });
  }

  private newSeries(labels: Series['labels']): Series {
    const { method, route, status } = labels;
    const statusClass = status === ABORTED ? ABORTED : `${status[0]}xx`;
    return { labels, more: 0, durations: this.histogram.series({ method, route, status_class: statusClass }) };
  }

  /** Adds the requests since the last scrape to the counter: prom-client checks the labels at each call, so one per request would cost more. */
  private count(): void {
    for (const series of this.series.values()) {
      if (series.more > 0) this.requests.inc(series.labels, series.more);
      series.more = 0;
    }
  }
}
