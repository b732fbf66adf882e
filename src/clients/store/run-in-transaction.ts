import type { DataSource, EntityManager } from 'typeorm';
import { limitOf, type Limit } from '../../concurrency/limit.js';
import { runningIn, runWithin } from '../../database/sql/current-transaction.js';
import { dialectOf } from '../../database/dialects.js';
import { BusyError, retryWhileBusy } from '../../database/sqlite/sqlite-busy.js';
import { quotedTable, requireEntities } from '../../database/sql/entity-tables.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { Client } from './client.entity.js';

/** Queues of the DataSources with a single connection: their transactions run one after the other. */
const queues = new WeakMap<DataSource, Limit>();
/** Maximum number of transactions of a DataSource that wait. */
const MOST_WAITING = 256;

/**
 * Runs `work` in one transaction. The registry's services take part in it when they get its manager, so rows of the host and clients are
 * written together or not at all. Events are published after the commit.
 *
 * On SQLite use it for every transaction of the host: TypeORM has one connection to the file, so two transactions that
 * are open at the same time would be one. Called within itself, it opens a savepoint of the outer transaction.
 *
 * @param dataSource the DataSource of the registry
 * @param work the work of the transaction; it passes `manager` to the methods of the registry, in {@link CallOptions}
 * @returns what `work` returns, after the commit
 * @throws what `work` throws, after everything was rolled back; OAuthError 503 on SQLite when 256 transactions already wait
 */
export function runInTransaction<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const outer = runningIn(dataSource);
  if (outer) return outer.nested(() => outer.manager.transaction((manager) => runWithin(manager, work)));
  const { lockForWriting } = dialectOf(dataSource);
  if (!lockForWriting) return dataSource.transaction((manager) => runWithin(manager, work));
  requireEntities(dataSource, [Client]);
  const table = quotedTable(dataSource, dataSource.getMetadata(Client));
  const queue = queues.get(dataSource) ?? limitOf(1);
  queues.set(dataSource, queue);
  if (queue.waiting >= MOST_WAITING)
    return Promise.reject(OAuthError.unavailable(new Error('Too many transactions of the DataSource wait.')));
  return queue(async () => {
    const runner = dataSource.createQueryRunner();
    // Transactions that runInTransaction did not start are not in the queue.
    await retryWhileBusy(() => {
      if (runner.isTransactionActive)
        throw new BusyError(
          'Another transaction of the DataSource stays open: begin all of them with runInTransaction.',
        );
    });
    return dataSource.transaction(async (manager) => {
      await lockForWriting(runner, table);
      return runWithin(manager, work);
    });
  });
}
