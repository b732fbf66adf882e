import { AsyncLocalStorage } from 'node:async_hooks';
import pLimit, { type LimitFunction } from 'p-limit';
import { QueryFailedError, type DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { Client } from '../clients/client.entity.js';
import { registryNames } from './registry-names.js';
import { isBusy, untilFree } from './sqlite-busy.js';

/** The transaction that this call is part of. */
const current = new AsyncLocalStorage<EntityManager>();
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
  const outer = current.getStore();
  const run = (manager: EntityManager): Promise<T> => current.run(manager, work, manager);
  if (outer?.queryRunner?.dataSource === dataSource && outer.queryRunner.isTransactionActive)
    return outer.transaction(run);
  if (dataSource.options.type !== 'better-sqlite3') return dataSource.transaction(run);
  const queue = queues.get(dataSource) ?? pLimit(1);
  queues.set(dataSource, queue);
  return queue(async () => {
    const runner = dataSource.createQueryRunner();
    await untilFree((last) => last || !runner.isTransactionActive);
    return dataSource.transaction(async (manager) => {
      await lock(runner);
      return run(manager);
    });
  });
}

/**
 * @throws Error when a change on SQLite would wait for the transaction that it was called in
 */
export function forgottenManager(dataSource: DataSource): void {
  const runner = current.getStore()?.queryRunner;
  if (runner?.dataSource === dataSource && runner.isTransactionActive)
    throw new Error('Within runInTransaction, give its manager to the methods of the client registry: { manager }.');
}

/** Becomes the one writer at once: who reads first and writes later may find that somebody else has written meanwhile. */
async function lock(runner: QueryRunner): Promise<void> {
  const table = registryNames(runner).table(Client);
  await untilFree(async (last) => {
    try {
      await runner.query(`DELETE FROM ${table} WHERE 1 = 0`);
      return true;
    } catch (error) {
      if (last || !(error instanceof QueryFailedError && isBusy(error.driverError))) throw error;
      return false;
    }
  });
}
