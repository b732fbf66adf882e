import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Query } from '../sql/prepared-database.js';
import { BUSY_INTERVAL, BUSY_TIMEOUT, BusyError, isBusy } from './sqlite-busy.js';
import type { PreparedConnection } from './sqlite-connection.js';
import { AbortedError, isTrouble } from './sqlite-trouble.js';

/** Most changes that one group commits together. */
const GROUP_SIZE = 64;
/** Milliseconds after which a group accepts no further change: writing a group blocks the event loop. */
const GROUP_TIME = 10;
/** Most changes and transactions that wait: about as many as are written within the longest wait of one. */
const QUEUE_LENGTH = 10_000;

/** A change that waits for the writer. */
interface Change {
  queries: readonly Query[];
  signal: AbortSignal | undefined;
  resolve: (written: boolean) => void;
}

/** A caller that waits for a transaction of its own; the transaction has ended when `ended` resolves. */
interface Turn {
  ended: Promise<void>;
  resolve: () => void;
}

/** `deadline`: when the writer rejects it, in milliseconds since the epoch. */
type Waiting = (Change | Turn) & { deadline: number; reject: (error: Error) => void };

/**
 * The only writer of a file in this process. Changes wait in one queue, and only its head checks whether another transaction is in
 * the way. Changes that wait together are written in one transaction, each under a savepoint of its own, and acknowledged after the
 * commit, so that they wait for the disk once. See docs/decisions/0003-sqlite-connections.md.
 */
export class SqliteWriter {
  private readonly waiting: Waiting[] = [];
  private serving?: Promise<void>;

  constructor(private readonly connection: PreparedConnection) {}

  /**
   * Runs all queries of a change or none, see `Executor.change`.
   *
   * @param signal discards the change if it is aborted before the change's turn. Default none
   * @throws Error of SQLite, such as SQLITE_BUSY when the change waited too long; {@link BusyError} when too many others wait; the signal's reason
   */
  change(queries: readonly Query[], signal?: AbortSignal): Promise<boolean> {
    return this.enqueue<boolean>((resolve) => ({ queries, signal, resolve }));
  }

  /**
   * Begins a transaction when it is the caller's turn. The caller must end it; until the caller calls the returned function, all
   * others wait.
   *
   * @throws Error as {@link change}
   */
  async begin(): Promise<() => void> {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    await this.enqueue<void>((resolve) => ({ ended, resolve }));
    return end;
  }

  /** Waits for the last change in the queue, writes the log back into the file, and closes the connection. */
  async close(): Promise<void> {
    await this.serving;
    this.connection.emptyLog();
    this.connection.close();
  }

  private enqueue<T>(waitingFor: (resolve: (value: T) => void) => Change | Turn): Promise<T> {
    if (this.waiting.length >= QUEUE_LENGTH)
      return Promise.reject(new BusyError(`${QUEUE_LENGTH} changes already wait for the database.`));
    const deadline = Date.now() + BUSY_TIMEOUT;
    const done = new Promise<T>((resolve, reject) => {
      this.waiting.push({ ...waitingFor(resolve), deadline, reject });
    });
    this.serving ??= this.serve();
    return done;
  }

  private async serve(): Promise<void> {
    while (this.waiting.length > 0) {
      // Changes that arrive in one turn of the event loop share a commit, and reads run between two commits.
      await nextTurn();
      await this.serveHead();
    }
    this.serving = undefined;
  }

  private async serveHead(): Promise<void> {
    try {
      this.connection.begin();
    } catch (error) {
      this.refuse(error as Error);
      return sleep(BUSY_INTERVAL);
    }
    const [head] = this.waiting;
    if (!head || !('ended' in head)) return this.writeGroup();
    this.waiting.shift();
    head.resolve();
    await head.ended;
  }

  /** Handles a transaction that cannot begin: if another one is in the way, rejects those that waited too long; otherwise rejects all. */
  private refuse(error: Error): void {
    const now = Date.now();
    const isOver = ({ deadline }: Waiting): boolean => !isBusy(error) || deadline <= now;
    while (this.waiting[0] && isOver(this.waiting[0])) this.waiting.shift()?.reject(error);
  }

  /** Writes the changes at the head of the queue in the open transaction, and commits it. */
  private writeGroup(): void {
    const group: (Change & Waiting)[] = [];
    const acknowledgements: (() => void)[] = [];
    const end = performance.now() + GROUP_TIME;
    try {
      do {
        const [change] = this.waiting;
        if (!change || !('queries' in change)) break;
        this.waiting.shift();
        group.push(change);
        acknowledgements.push(this.write(change));
      } while (group.length < GROUP_SIZE && performance.now() < end);
      this.connection.commit();
    } catch (cause) {
      this.connection.rollBack();
      const [only, other] = group;
      if (!other) return only?.reject(cause as Error);
      const { message } = cause as Error;
      for (const { reject } of group)
        reject(new AbortedError(`A change of the same transaction failed: ${message}`, { cause }));
      return;
    }
    for (const acknowledge of acknowledgements) acknowledge();
  }

  /**
   * Writes one change.
   *
   * @returns a function to call after the commit
   * @throws Error when the whole transaction cannot go on
   */
  private write({ queries, signal, resolve, reject }: Change & Waiting): () => void {
    if (signal?.aborted) return () => reject(signal.reason as Error);
    try {
      const written = this.connection.join(queries);
      return () => resolve(written);
    } catch (error) {
      if (isTrouble(error as Error) || !this.connection.database.inTransaction) throw error;
      return () => reject(error as Error);
    }
  }
}
