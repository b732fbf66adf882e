import { Histogram, type HistogramConfiguration } from 'prom-client';

/** What prom-client wants to know of a histogram, with its buckets: the upper end of each, the lowest first. */
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

  /** The numbers as prom-client wants them: each bucket has what those below it have. */
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
 * A histogram that counts a duration at a fraction of what `observe` of prom-client costs, which checks the labels each time: a request has
 * two durations, its own and that of its statement.
 */
export class DurationHistogram extends Histogram {
  private readonly all = new Map<string, Durations>();

  /** @param settings as prom-client wants them */
  constructor(private readonly settings: Settings) {
    super(settings);
  }

  /**
   * The series with these labels, which begins when it is asked for first.
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

  /** What a registry asks for; prom-client's own `get` does, too. */
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
