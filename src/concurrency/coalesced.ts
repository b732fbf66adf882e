/**
 * Merges requests for the same work: while it runs, any number of further requests cause one more run.
 *
 * @param work must not reject
 * @returns a function that starts the work, or one more run of it, and resolves when no run is left
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isAskedFor = false;
  const run = async (): Promise<void> => {
    try {
      do {
        isAskedFor = false;
        await work();
      } while (isAskedFor);
    } finally {
      // In the same turn as the last check of `isAskedFor`, so that a later request begins a new run.
      running = undefined;
    }
  };
  return () => {
    isAskedFor = true;
    running ??= run();
    return running;
  };
}
