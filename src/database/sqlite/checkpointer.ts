import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';

/** How often the thread checkpoints, in milliseconds. */
const INTERVAL = 1000;
/** `threadId` of a thread that has ended. */
const ENDED = -1;
/** Paths of the driver packages, which have the same interface. */
const DRIVERS = /[\\/]node_modules[\\/](libsql|better-sqlite3)[\\/]/;

/** The thread's program, as text so that it needs no compiled file of its own. */
const WORK = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Sqlite = require(workerData.driver);
  const database = new Sqlite(workerData.file);
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  let failed = false;
  const timer = setInterval(() => {
    try {
      checkpoint.all();
      failed = false;
    } catch (error) {
      if (!failed) parentPort.postMessage(error.message);
      failed = true;
    }
  }, workerData.interval);
  parentPort.once('message', () => {
    clearInterval(timer);
    database.close();
    parentPort.close();
  });
`;

/**
 * Writes SQLite's log back into the file on a thread of its own, so that the event loop does not wait for the disk.
 * See docs/decisions/0003-sqlite-connections.md.
 */
export class Checkpointer {
  private readonly worker?: Worker;

  /**
   * @param file file of a database in WAL mode
   * @param driver class of the connections; if neither `libsql` nor `better-sqlite3` exports it, the writer does the checkpoints instead
   */
  constructor(file: string, driver: unknown) {
    const path = pathOf(driver);
    if (path === undefined) return;
    const workerData = { driver: path, file, interval: INTERVAL };
    // The thread does not inherit flags of the host's process, such as loaders.
    this.worker = new Worker(WORK, { eval: true, execArgv: [], workerData });
    this.worker.unref();
    const logger = new Logger(Checkpointer.name);
    // The thread reports the first of successive failures, and keeps trying: a full disk may have room again later.
    this.worker.on('message', (reason: string) =>
      logger.warn(`SQLite's log cannot be written back into the file, and grows: ${reason}`),
    );
    // From here on the writer checkpoints when the log grows, and changes wait for it.
    this.worker.on('error', () =>
      logger.warn('The thread that checkpoints SQLite has failed: from now on changes may wait for checkpoints.'),
    );
  }

  /** Asks the thread to end, and waits for it. If it were terminated during a checkpoint, libsql would end the whole process. */
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

/** Returns the file that exports `driver`, for the thread to load. */
function pathOf(driver: unknown): string | undefined {
  const loaded = Object.values(createRequire(process.execPath).cache);
  return loaded.find((module) => module?.exports === driver && DRIVERS.test(module?.filename ?? ''))?.filename;
}
