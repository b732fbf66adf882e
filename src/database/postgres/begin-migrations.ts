import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';

/** Key of the advisory lock that one migrating process holds: the ASCII codes of `oa2clien`. */
const LOCK = '8025751413552932206';

/** How often a waiting process asks for the lock, in milliseconds. */
const INTERVAL = 100;

/**
 * Begins the transaction of migrations, which holds the lock until its end. The lock belongs to the transaction, because a session
 * lock would stay behind on a pooler's connection. A waiting process polls: if its statement waited in the server, an index that
 * the other process builds concurrently would wait for that statement, a deadlock.
 *
 * @param waiting called once, when another process holds the lock
 */
export async function beginMigrations(runner: QueryRunner, waiting: () => void): Promise<void> {
  await runner.startTransaction('READ COMMITTED');
  // Roles and databases may have limits of their own; a migration must run without a limit.
  await runner.query('SET LOCAL statement_timeout = 0');
  await runner.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  for (let attempt = 0; ; attempt += 1) {
    const [row] = (await runner.query(`SELECT pg_try_advisory_xact_lock(${LOCK}) AS locked`)) as [{ locked: boolean }];
    if (row.locked) return;
    if (attempt === 0) waiting();
    await sleep(INTERVAL);
  }
}
