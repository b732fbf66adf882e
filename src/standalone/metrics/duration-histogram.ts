import { Histogram, type HistogramConfiguration } from 'prom-client';

/** prom-client's configuration of a histogram, with the upper bounds of its buckets, the lowest first. */
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

  /** Returns the values in prom-client's form: each bucket includes those below it. */
  values(): object[] {
    const { name, labels: sharedLabels, bounds } = this;
    let count = 0;
    const buckets = this.counts.map((more, at) => ({
      labels: { le: bounds[at] === Infinity ? '+Inf' : bounds[at] },
      sharedLabels,
      value: (count += more),
      metricName: `${name}_bucket`,
    }));
    const whole = { labels: {}, sharedLabels };
    const sum = { ...whole, value: this.sum, metricName: `${name}_sum` };
    return [...buckets, sum, { ...whole, value: count, metricName: `${name}_count` }];
  }
}

/**
 * A histogram that adds a duration at a fraction of the cost of prom-client's `observe`, which checks the labels each time. Each request adds
 * two durations: its own and that of its statement.
 */
export class DurationHistogram extends Histogram {
  private readonly all = new Map<string, Durations>();

  /** @param settings in prom-client's form */
  constructor(private readonly settings: Settings) {
    super(settings);
  }

  /**
   * Returns the series with these labels. The first call creates it.
   *
   * @param labels in the same order each time
   */
  series(labels: Labels): Durations {
    const key = Object.values(labels).join(' ');
    let series = this.all.get(key);
    if (!series) {
      series = new Durations(this.settings.name, labels, [...this.settings.buckets, Infinity]);
      this.all.set(key, series);
    }
    return series;
  }

  /** Overrides the method that a registry reads values from; prom-client's own `get` calls it, too. */
  getForPromString(): Promise<object> {
    const { name, help, aggregator } = this.settings;
    return Promise.resolve({
      name,
      help,
      aggregator,
      type: 'histogram',
      values: [...this.all.values()].flatMap((one) => one.values()),
    });
  }
}
