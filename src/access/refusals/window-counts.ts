import { LRUCache } from 'lru-cache';

/** Most names that are counted; the one that was counted last longest ago makes room. */
const MOST = 50_000;
const MINUTE = 60_000;

/** How often something may happen within a window of time. */
export interface Bound {
  /** Of what is counted. */
  name: string;
  most: number;
}

interface Count {
  times: number;
  /** When the window ends, in milliseconds since the epoch. */
  ends: number;
}

/** Counts what happens within a window of time, which begins when a name is first counted, in the memory of this process. */
export class WindowCounts {
  readonly #counts = new LRUCache<string, Count>({ max: MOST });

  /** @param milliseconds how long the window is. Default a minute */
  constructor(private readonly milliseconds = MINUTE) {}

  /** How much is counted. Public so that tests can ask. */
  get size(): number {
    return this.#counts.size;
  }

  /** In how many seconds it may happen once more, at least 1; `undefined` when it may happen now by all bounds. */
  waitFor(bounds: readonly Bound[]): number | undefined {
    const full = bounds
      .map(({ name, most }) => ({ ...this.current(name), most }))
      .find(({ times, most }) => times >= most);
    return full && Math.ceil((full.ends - Date.now()) / 1000);
  }

  /** It has happened once. */
  add(bounds: readonly Bound[]): void {
    this.change(bounds, 1);
  }

  /** It has happened once less. */
  remove(bounds: readonly Bound[]): void {
    this.change(bounds, -1);
  }

  private change(bounds: readonly Bound[], by: number): void {
    for (const { name } of bounds) {
      const { times, ends } = this.current(name);
      // What has not happened takes no room from what has.
      if (times + by > 0) this.#counts.set(name, { times: times + by, ends });
      else this.#counts.delete(name);
    }
  }

  private current(name: string): Count {
    const count = this.#counts.get(name);
    return count && count.ends > Date.now() ? count : { times: 0, ends: Date.now() + this.milliseconds };
  }
}
