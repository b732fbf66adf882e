import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import { limitOf, type Limit } from '../../concurrency/limit.js';

/** A transaction of `runInTransaction` while its work runs. */
interface Running {
  manager: EntityManager;
  /** False once the work has settled; later calls no longer join this transaction. */
  isOpen: boolean;
  /** Runs nested transactions one after the other: TypeORM counts savepoints by their depth. */
  nested: Limit;
}

/** The transaction that this call is part of. */
const current = new AsyncLocalStorage<Running>();

/** Runs `work` as part of `manager`'s transaction. */
export async function runWithin<T>(manager: EntityManager, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const running: Running = { manager, isOpen: true, nested: limitOf(1) };
  try {
    return await current.run(running, work, manager);
  } finally {
    // Nested transactions that nobody awaited end before the outer one does.
    await running.nested(() => undefined);
    running.isOpen = false;
  }
}

/** Returns the open transaction of `dataSource` that this call is part of, if any. */
export function runningIn(dataSource: DataSource): Running | undefined {
  const running = current.getStore();
  return running?.isOpen && running.manager.queryRunner?.dataSource === dataSource ? running : undefined;
}

/** @throws Error when a change on SQLite would wait for the transaction that it was called in */
export function refuseForgottenManager(dataSource: DataSource): void {
  if (runningIn(dataSource))
    throw new Error('Within runInTransaction, give its manager to the methods of the client registry: { manager }.');
}
