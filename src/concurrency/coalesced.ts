/**
 * Lets many callers ask for the same work: while it runs, one more run is remembered, however many ask for it.
 *
 * @param work must not reject
 * @returns a function that begins the work, or has it done once more, and resolves when nothing is left to do
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
      // In the turn in which nobody had asked, so that whoever asks later begins a new run.
      running = undefined;
    }
  };
  return () => {
    isAskedFor = true;
    running ??= run();
    return running;
  };
}
