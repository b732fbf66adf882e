/** Limits how much work runs at the same time; the rest waits in the order of arrival. */
export interface Limit {
  /**
   * Runs `work` when its turn has come, in the asynchronous context of the caller.
   *
   * @returns what `work` returns
   * @throws what `work` throws; the next work in the queue still runs
   */
  <T>(work: () => T | Promise<T>): Promise<T>;
  /** How much work waits for its turn. */
  readonly waiting: number;
  /** How much work runs. */
  readonly running: number;
}

/** @param size how much work can run at the same time, at least 1 */
export function limitOf(size: number): Limit {
  const queue: (() => void)[] = [];
  let free = size;
  const run = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => void queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    }
  };
  const counts = { waiting: { get: () => queue.length }, running: { get: () => size - free } };
  return Object.defineProperties(run, counts) as Limit;
}
