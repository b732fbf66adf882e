import { afterAll, beforeAll } from '@jest/globals';
import type { RunningApp } from './app.js';
import type { TestDatabase } from './databases.js';
import type { StartOptions } from './start-options.js';

/** Sees to it that something is closed after the tests; what was opened last is closed first. */
type Keep = <T extends AsyncDisposable>(opening: Promise<T>) => Promise<T>;

/** Closes all, even when one of them fails. */
async function closeAll(opened: AsyncDisposable[]): Promise<void> {
  const last = opened.pop();
  try {
    await last?.[Symbol.asyncDispose]();
  } finally {
    if (last) await closeAll(opened);
  }
}

/** Runs `open` before the tests of a block. What it returns can be used inside the tests, under the same name. */
export function use<T extends object>(open: (keep: Keep) => Promise<T>): T {
  const handle = {} as T;
  const opened: AsyncDisposable[] = [];
  beforeAll(async () => {
    const result = await open(async (opening) => {
      const one = await opening;
      opened.push(one);
      return one;
    });
    Object.assign(handle, result);
  });
  afterAll(() => closeAll(opened));
  return handle;
}

export function useDatabase(open: () => Promise<TestDatabase>): TestDatabase {
  return use((keep) => keep(open()));
}

/** A service on a database of its own for the tests of a block. */
export function useService(
  start: (options: StartOptions) => Promise<RunningApp>,
  open: () => Promise<TestDatabase>,
  options: Omit<StartOptions, 'database'> = {},
): RunningApp & { database: TestDatabase } {
  return use(async (keep) => {
    const database = await keep(open());
    return { ...(await keep(start({ ...options, database }))), database };
  });
}
