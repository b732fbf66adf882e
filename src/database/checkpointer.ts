import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';

/** How often the log is written back into the file, in milliseconds. */
const INTERVAL = 1000;
/** `threadId` of a thread that is no more. */
const ENDED = -1;
/** Packages that have the same interface. */
const DRIVERS = ['libsql', 'better-sqlite3'];

/** What the thread does. It is text, since the thread must not need a compiled file beside this one. */
const WORK = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Sqlite = require(workerData.driver);
  const database = new Sqlite(workerData.file);
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const timer = setInterval(() => checkpoint.all(), workerData.interval);
  parentPort.once('message', () => {
    clearInterval(timer);
    database.close();
    parentPort.close();
  });
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
    const workerData = { driver: path, file, interval: INTERVAL };
    // Flags of the host's process, such as its loaders, are not for this.
    this.worker = new Worker(WORK, { eval: true, execArgv: [], workerData });
    this.worker.unref();
    // The writer does it itself when the log grows, only not beside its work.
    this.worker.on('error', () =>
      new Logger(Checkpointer.name).warn('The log of SQLite is not written back in the background.'),
    );
  }

  /** Ends the thread and its connection. It is asked to: libsql takes the process with it when it is cut off at work. */
  async close(): Promise<void> {
    const { worker } = this;
    if (!worker || worker.threadId === ENDED) return;
    worker.ref();
    worker.postMessage('end', []);
    await new Promise((resolve) => {
      worker.once('exit', resolve);
    });
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
