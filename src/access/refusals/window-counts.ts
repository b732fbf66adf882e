import { LRUCache } from 'lru-cache';

/** Most names that are counted; the least recently used one is evicted. */
const MOST = 50_000;
const MINUTE = 60_000;

/** How often an event may happen within a window of time. */
export interface Bound {
  /** Name under which the event is counted. */
  name: string;
  most: number;
}

interface Count {
  times: number;
  /** When the window ends, in milliseconds since the epoch. */
  ends: number;
}

/** Counts events in the memory of this process, within a window of time that begins when a name is first counted. */
export class WindowCounts {
  readonly #counts = new LRUCache<string, Count>({ max: MOST });

  /** @param milliseconds length of the window. Default a minute */
  constructor(private readonly milliseconds = MINUTE) {}

  /** Number of names that are counted. Public for tests. */
  get size(): number {
    return this.#counts.size;
  }

  /** Returns in how many seconds the event may happen again, at least 1; `undefined` when all bounds allow it now. */
  waitFor(bounds: readonly Bound[]): number | undefined {
    const full = bounds
      .map(({ name, most }) => ({ ...this.current(name), most }))
      .find(({ times, most }) => times >= most);
    return full && Math.ceil((full.ends - Date.now()) / 1000);
  }

  /** Counts one event. */
  add(bounds: readonly Bound[]): void {
    this.change(bounds, 1);
  }

  /** Takes back one counted event. */
  remove(bounds: readonly Bound[]): void {
    this.change(bounds, -1);
  }

  private change(bounds: readonly Bound[], by: number): void {
    for (const { name } of bounds) {
      const { times, ends } = this.current(name);
      // A count of 0 takes no room from other names.
      if (times + by > 0) this.#counts.set(name, { times: times + by, ends });
      else this.#counts.delete(name);
    }
  }

  private current(name: string): Count {
    const count = this.#counts.get(name);
    return count && count.ends > Date.now() ? count : { times: 0, ends: Date.now() + this.milliseconds };
  }
}
