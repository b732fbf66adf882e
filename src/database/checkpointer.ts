import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';

/** How often the log is written back into the file, in milliseconds. */
const INTERVAL = 1000;

/** What the thread does. It is text, since the thread must not need a compiled file beside this one. */
const WORK = `
  const { workerData } = require('node:worker_threads');
  const Libsql = require(workerData.driver);
  const checkpoint = new Libsql(workerData.file).prepare('PRAGMA wal_checkpoint(PASSIVE)');
  setInterval(() => checkpoint.all(), workerData.interval);
`;

/**
 * Writes SQLite's log back into the file on a thread of its own. A change touches some fifteen pages all over a large file;
 * without this, every few dozen changes the event loop would wait until all of them are on the disk. A passive checkpoint
 * keeps neither readers nor the writer waiting.
 */
export class Checkpointer {
  private readonly worker: Worker;

  /** @param file the database's, in WAL mode */
  constructor(file: string) {
    const driver = createRequire(import.meta.url).resolve('libsql');
    this.worker = new Worker(WORK, { eval: true, workerData: { driver, file, interval: INTERVAL } });
    this.worker.unref();
    // The writer does it itself when the log grows, only not beside its work.
    this.worker.on('error', () =>
      new Logger(Checkpointer.name).warn('The log of SQLite is not written back in the background.'),
    );
  }

  /** Ends the thread and its connection. */
  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
