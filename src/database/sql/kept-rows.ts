import { LRUCache } from 'lru-cache';

/** Most keys whose rows are kept, and most characters of all of them. */
const MOST_KEYS = 5000;
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** What a row takes beside its texts, in characters. */
const ROW = 100;

/** What was made of the rows of a key. */
type Made<T> = readonly T[];

/** What was made of rows that were read, for as long as nothing is committed. */
export class KeptRows<T extends object> {
  private readonly byKey = new LRUCache<string, Made<T>>({ max: MOST_KEYS, maxSize: MOST_CHARACTERS });
  private state = '';

  /**
   * What is kept of a key.
   *
   * @param state of the database: what was read at another one is forgotten
   */
  of(key: string, state: string): Made<T> | undefined {
    if (state !== this.state) {
      this.byKey.clear();
      this.state = state;
    }
    return this.byKey.get(key);
  }

  /**
   * Keeps what was made of the rows of a key, so that nobody may change it any more.
   *
   * @param state at which they were read. When another one has begun meanwhile, they are not kept
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
}

function charactersOf(row: object): number {
  return Object.values(row).reduce(
    (sum: number, value: unknown) => sum + (typeof value === 'string' ? value.length : 0),
    0,
  );
}
