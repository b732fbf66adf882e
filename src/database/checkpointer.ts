import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';

/** How often the log is written back into the file, in milliseconds. */
const INTERVAL = 1000;
/** Packages that have the same interface. */
const DRIVERS = ['libsql', 'better-sqlite3'];

/** What the thread does. It is text, since the thread must not need a compiled file beside this one. */
const WORK = `
  const { workerData } = require('node:worker_threads');
  const Sqlite = require(workerData.driver);
  const checkpoint = new Sqlite(workerData.file).prepare('PRAGMA wal_checkpoint(PASSIVE)');
  setInterval(() => checkpoint.all(), workerData.interval);
`;

/**
 * Writes SQLite's log back into the file on a thread of its own. A change touches some fifteen pages all over a large file;
 * without this, every few dozen changes the event loop would wait until all of them are on the disk. A passive checkpoint
 * keeps neither readers nor the writer waiting.
 */
export class Checkpointer {
  private readonly worker?: Worker;

  /**
   * @param file the database's, in WAL mode
   * @param driver class of the connections; when it is none of {@link DRIVERS}, the writer does the work itself
   */
  constructor(file: string, driver: unknown) {
    const path = pathOf(driver);
    if (path === undefined) return;
    this.worker = new Worker(WORK, { eval: true, workerData: { driver: path, file, interval: INTERVAL } });
    this.worker.unref();
    // The writer does it itself when the log grows, only not beside its work.
    this.worker.on('error', () =>
      new Logger(Checkpointer.name).warn('The log of SQLite is not written back in the background.'),
    );
  }

  /** Ends the thread and its connection. */
  async close(): Promise<void> {
    await this.worker?.terminate();
  }
}

/** Where a thread finds the package that `driver` comes from. */
function pathOf(driver: unknown): string | undefined {
  const require = createRequire(import.meta.url);
  return DRIVERS.flatMap((name) => {
    try {
      return require(name) === driver ? [require.resolve(name)] : [];
    } catch {
      return [];
    }
  })[0];
}
