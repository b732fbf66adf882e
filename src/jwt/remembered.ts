/** Age from which a value is fetched again while it is still used, in milliseconds: 10 minutes. */
const FRESH = 600_000;
/** Age from which a value is not used, so that a withdrawn key ends even when its server is unreachable, in milliseconds: an hour. */
const MAX_AGE = 3_600_000;
/** Shortest time between two fetches for an unknown key, in milliseconds: anybody can name unknown keys. */
const UNKNOWN_INTERVAL = 30_000;

/** A value that another server publishes, such as keys: cached for at most an hour, whatever the headers of its response say. */
export class Remembered<T> {
  private value?: T;
  /** When the value arrived, and when the latest fetch ended, in milliseconds since the epoch. */
  private arrived = -Infinity;
  private tried = -Infinity;
  private pending?: Promise<void>;
  private error?: Error;

  /**
   * @param fetchValue fetches the value; its error says why that failed
   * @param retryInterval shortest time between a failed fetch and the next one, in milliseconds
   */
  constructor(
    private readonly fetchValue: () => Promise<T>,
    private readonly retryInterval: number,
  ) {}

  /** Why the latest fetch failed; `undefined` when it succeeded, or when there was none. */
  get problem(): Error | undefined {
    return this.error;
  }

  /** The value, if it can be used now, without a fetch. */
  get known(): T | undefined {
    return Date.now() - this.arrived < MAX_AGE ? this.value : undefined;
  }

  /** When the value arrived, and when the latest fetch ended, in milliseconds since the epoch; `-Infinity` for never. */
  get times(): { arrived: number; tried: number } {
    return { arrived: this.arrived, tried: this.tried };
  }

  /** Returns the value, and fetches it first when it is missing or an hour old; `undefined` when it is not available now. */
  async get(): Promise<T | undefined> {
    const age = Date.now() - this.arrived;
    if (age >= MAX_AGE) await this.refresh();
    else if (age >= FRESH) void this.refresh();
    return this.known;
  }

  /** As {@link get}, for a caller that misses something in the value: fetches it again first, unless it was tried in the last half minute. */
  async renewed(): Promise<T | undefined> {
    await this.refresh(UNKNOWN_INTERVAL);
    return this.known;
  }

  /**
   * Fetches the value, unless that was just tried. Concurrent callers wait for the same fetch.
   *
   * @param interval shortest time since a successful fetch, in milliseconds; after a failed one, `retryInterval` applies. Default none
   */
  refresh(interval = 0): Promise<void> {
    if (this.pending) return this.pending;
    if (Date.now() - this.tried < (this.error ? this.retryInterval : interval)) return Promise.resolve();
    this.pending = this.fetchNow().finally(() => {
      this.tried = Date.now();
      this.pending = undefined;
    });
    return this.pending;
  }

  private async fetchNow(): Promise<void> {
    try {
      this.value = await this.fetchValue();
      this.arrived = Date.now();
      this.error = undefined;
    } catch (error) {
      this.error = error as Error;
    }
  }
}
