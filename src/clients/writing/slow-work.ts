/** Returns a function that calls `make` once and then returns the same value, so that a change does not repeat work after a lost race. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Thrown when a change needs the result of work that is not yet done. */
class NotDone extends Error {
  constructor(readonly work: () => Promise<void>) {
    super('A change asked for slow work outside of SlowWork.during.');
  }
}

/**
 * The slow work of one change, such as hashing a secret. The change knows which work it needs only after it has read the client, when other
 * changes may be waiting for its turn or its lock. So the change is abandoned, the work is done, and the change is retried.
 */
export class SlowWork {
  /**
   * Returns a function that returns the result of `make` for its arguments. It throws while there is no result, which abandons the change.
   * `make` is called once for the same arguments, however often the change is retried.
   */
  of<A extends string[], T>(make: (...args: A) => Promise<T>): (...args: A) => T {
    const done = new Map<string, { result: T }>();
    return (...args) => {
      const key = JSON.stringify(args);
      const known = done.get(key);
      if (known) return known.result;
      throw new NotDone(async () => void done.set(key, { result: await make(...args) }));
    };
  }

  /**
   * Runs `change`, and retries it after each piece of work that it turns out to need.
   *
   * @throws what `change` throws, and what its slow work throws
   */
  async during<T>(change: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await change();
      } catch (error) {
        if (!(error instanceof NotDone)) throw error;
        await error.work();
      }
    }
  }
}
