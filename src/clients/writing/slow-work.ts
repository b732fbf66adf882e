/** `make`, called once: every later call returns the value of the first. A change that lost a race repeats nothing. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A change needs the result of work that has not been done. */
class NotDone extends Error {
  constructor(readonly work: () => Promise<void>) {
    super('A change asked for slow work outside of SlowWork.during.');
  }
}

/**
 * The slow work of one change, such as hashing a secret. The change finds out what it needs when it has read the client, and then
 * others may wait for it: in a queue, or for a lock. So it is given up, the work is done, and the change begins again.
 */
export class SlowWork {
  /**
   * A function that returns the result of `make` for its arguments. It throws while there is no result yet: that gives the change up.
   * `make` is called once for the same arguments, however often the change begins again.
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
   * Runs `change`, again after each work that it turned out to need.
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
