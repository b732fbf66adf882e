import { AsyncLocalStorage } from 'node:async_hooks';
import pLimit, { type LimitFunction } from 'p-limit';
import { QueryFailedError, type DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { quotedTable } from './entity-tables.js';
import { isBusy, untilFree } from './sqlite-busy.js';

/** A transaction while its work runs. */
interface Running {
  manager: EntityManager;
  /** What outlives the work is part of it no more. */
  isOpen: boolean;
  /** Those within it, one after the other: TypeORM counts savepoints by their depth. */
  nested: LimitFunction;
}

/** The transaction that this call is part of. */
const current = new AsyncLocalStorage<Running>();
/** SQLite: one after the other, since TypeORM has one connection. */
const queues = new WeakMap<DataSource, LimitFunction>();

/**
 * Runs `work` in one transaction, in which the registry's services take part when they are given its manager: rows of the
 * host and clients are written together or not at all. Events are published when it has committed.
 *
 * On SQLite use it for every transaction of the host: TypeORM has one connection to the file, so two transactions that
 * are open at once would be one. Called within itself, it is a part of the outer transaction (a savepoint).
 *
 * @param dataSource the one that the registry was given
 * @param work what belongs together; it passes `manager` on to the methods of the registry, as {@link CallOptions}
 * @returns what `work` gives, after the commit
 * @throws what `work` throws, after everything was rolled back
 */
export function runInTransaction<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const outer = runningIn(dataSource);
  if (outer) return outer.nested(() => outer.manager.transaction(run));
  if (dataSource.options.type !== 'better-sqlite3') return dataSource.transaction(run);
  const queue = queues.get(dataSource) ?? pLimit(1);
  queues.set(dataSource, queue);
  return queue(async () => {
    const runner = dataSource.createQueryRunner();
    await untilFree((last) => isIdle(runner, last));
    return dataSource.transaction(async (manager) => {
      await lock(runner);
      return run(manager);
    });
  });

  async function run(manager: EntityManager): Promise<T> {
    const running = { manager, isOpen: true, nested: pLimit(1) };
    try {
      return await current.run(running, work, manager);
    } finally {
      // Parts that nobody has waited for end before the whole does.
      await running.nested(() => undefined);
      running.isOpen = false;
    }
  }
}

/** The transaction of a DataSource that this call is part of. */
function runningIn(dataSource: DataSource): Running | undefined {
  const running = current.getStore();
  return running?.isOpen && running.manager.queryRunner?.dataSource === dataSource ? running : undefined;
}

/**
 * @throws Error when a change on SQLite would wait for the transaction that it was called in
 */
export function forgottenManager(dataSource: DataSource): void {
  if (runningIn(dataSource))
    throw new Error('Within runInTransaction, give its manager to the methods of the client registry: { manager }.');
}

/** Tells that a transaction is open which was not begun here, and so is not in the queue; throws that when it is the last attempt. */
function isIdle(runner: QueryRunner, last: boolean): boolean {
  if (runner.isTransactionActive && last)
    throw new Error('Another transaction of the DataSource stays open: begin all of them with runInTransaction.');
  return !runner.isTransactionActive;
}

/** Becomes the one writer at once: who reads first and writes later may find that somebody else has written meanwhile. */
async function lock(runner: QueryRunner): Promise<void> {
  const { dataSource } = runner;
  // SQLite locks the file as a whole, so any table will do.
  const table = dataSource.entityMetadatas.find(({ tableType }) => tableType === 'regular');
  if (!table) return;
  const text = `DELETE FROM ${quotedTable(dataSource, table)} WHERE 1 = 0`;
  const [{ timeout }] = (await runner.query('PRAGMA busy_timeout')) as [{ timeout: number }];
  // Waiting within SQLite would keep the whole process waiting.
  await runner.query('PRAGMA busy_timeout = 0');
  try {
    await untilFree((last) => isDone(runner, text, last));
  } finally {
    await runner.query(`PRAGMA busy_timeout = ${timeout}`);
  }
}

/** Tells that another transaction is in the way; throws that when it is the last attempt. */
async function isDone(runner: QueryRunner, text: string, last: boolean): Promise<boolean> {
  try {
    await runner.query(text);
    return true;
  } catch (error) {
    if (last || !(error instanceof QueryFailedError && isBusy(error.driverError))) throw error;
    return false;
  }
}
