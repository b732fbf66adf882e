import { Histogram, type HistogramConfiguration } from 'prom-client';

/** A histogram whose buckets are said by whoever makes it. */
type Settings = HistogramConfiguration<string> & { buckets: readonly number[] };

type Labels = Readonly<Record<string, string>>;

/** The durations of one series of a {@link DurationHistogram}. */
export class Durations {
  private readonly counts: number[];
  private sum = 0;

  /** @internal */
  constructor(
    private readonly name: string,
    private readonly labels: Labels,
    private readonly bounds: readonly number[],
  ) {
    this.counts = bounds.map(() => 0);
  }

  /** Adds a duration in seconds. */
  add(seconds: number): void {
    let at = 0;
    while (seconds > (this.bounds[at] ?? Infinity)) at += 1;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sum += seconds;
  }

  /** The numbers as Prometheus wants them: each bucket has what those below it have. */
  values(): { labels: Record<string, string | number>; value: number; metricName: string }[] {
    const { name, labels, bounds } = this;
    let count = 0;
    const buckets = this.counts.map((more, at) => ({
      labels: { le: bounds[at] === Infinity ? '+Inf' : Number(bounds[at]), ...labels },
      value: (count += more),
      metricName: `${name}_bucket`,
    }));
    const sum = { labels, value: this.sum, metricName: `${name}_sum` };
    return [...buckets, sum, { labels, value: count, metricName: `${name}_count` }];
  }
}

/**
 * A histogram that counts a duration at a tenth of what `observe` of prom-client costs, which checks the labels each time: a request has two
 * durations, its own and that of its statement.
 */
export class DurationHistogram extends Histogram {
  private readonly all: Durations[] = [];

  /** @param settings as prom-client wants them */
  constructor(private readonly settings: Settings) {
    super(settings);
  }

  /** A new series; the caller asks once for each set of labels. */
  series(labels: Labels): Durations {
    const made = new Durations(this.settings.name, labels, [...this.settings.buckets, Infinity]);
    this.all.push(made);
    return made;
  }

  /** What a registry asks for; prom-client's own `get` does, too. */
  getForPromString(): Promise<object> {
    const { name, help, aggregator } = this.settings;
    return Promise.resolve({
      name,
      help,
      aggregator,
      type: 'histogram',
      values: this.all.flatMap((one) => one.values()),
    });
  }
}
