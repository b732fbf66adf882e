import { LRUCache } from 'lru-cache';

/** Most keys whose rows are cached, and most characters of all of them. */
const MOST_KEYS = 5000;
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Estimated size of a row apart from its texts, in characters. */
const ROW = 100;

/** The converted rows of a key. */
type Made<T> = readonly T[];

/** A cache of converted rows, valid in one state of what they are read from. */
export class KeptRows<T extends object> {
  private readonly byKey = new LRUCache<string, Made<T>>({ max: MOST_KEYS, maxSize: MOST_CHARACTERS });
  private state = '';

  /**
   * Returns the cached rows of a key.
   *
   * @param state the current state; rows that were read at another one are evicted
   */
  of(key: string, state: string): Made<T> | undefined {
    if (state !== this.state) {
      this.byKey.clear();
      this.state = state;
    }
    return this.byKey.get(key);
  }

  /**
   * Caches the converted rows of a key, and freezes them.
   *
   * @param state the state at which the rows were read; they are not cached if another one has begun since
   */
  keep(key: string, state: string, rows: readonly object[], made: Made<T>): void {
    if (state !== this.state) return;
    const size = rows.reduce((sum: number, row) => sum + ROW + charactersOf(row), ROW + key.length);
    this.byKey.set(
      key,
      made.map((one) => Object.freeze(one)),
      { size },
    );
  }

  /** Removes the cached rows of a key. */
  forget(key: string): void {
    this.byKey.delete(key);
  }
}

function charactersOf(row: object): number {
  return Object.values(row).reduce(
    (sum: number, value: unknown) => sum + (typeof value === 'string' ? value.length : 0),
    0,
  );
}
