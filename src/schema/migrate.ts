import { DataSource, MigrationExecutor } from 'typeorm';
import { dialectOf } from '../database/dialects.js';
import type { ConnectionLimits } from '../database/sql/dialect.js';
import { dataSourceOptions } from './data-source-options.js';

/**
 * Runs the missing migrations of the registry, all in one transaction, on a connection of its own. When several processes call this
 * at the same time, one migrates, and the others wait until it has ended.
 *
 * @param url URL of the database, see {@link dataSourceOptions}
 * @param limits limits of the connection; the limit of a statement is ignored, because a migration must run without one
 * @param waiting called once, when another process migrates
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string, limits: ConnectionLimits, waiting: () => void): Promise<string[]> {
  const unlimited = { ...limits, statementTimeout: 0 };
  const dataSource = await new DataSource(dataSourceOptions(url, false, unlimited)).initialize();
  try {
    return await run(dataSource, waiting);
  } finally {
    await dataSource.destroy();
  }
}

async function run(dataSource: DataSource, waiting: () => void): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.beforeMigration();
    await dialectOf(dataSource).beginMigrations(runner, waiting);
    const done = await new MigrationExecutor(dataSource, runner).executePendingMigrations();
    await runner.commitTransaction();
    await runner.afterMigration();
    return done.map(({ name }) => name);
  } catch (error) {
    // Report the error of the migration, not an error of the rollback on a broken connection.
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}
