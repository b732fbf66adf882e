import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';
import { openTransactionOf } from './prepared-database.js';

/** Something to do, and how deep in savepoints it was asked for. */
interface Pending {
  depth: number;
  action: () => void;
}

/** Does things when the transaction that they belong to has committed, and never when it was rolled back. */
export class AfterCommit implements EntitySubscriberInterface {
  private readonly pending = new WeakMap<QueryRunner, Pending[]>();

  constructor(private readonly dataSource: DataSource) {
    dataSource.subscribers.push(this);
  }

  /** At once when `manager` has no transaction open. */
  run(action: () => void, manager?: EntityManager): void {
    const runner = openTransactionOf(manager);
    if (!runner) return action();
    const pending = this.of(runner);
    pending.push({ depth: depthOf(runner), action });
    this.pending.set(runner, pending);
  }

  /** Listens no more. */
  close(): void {
    const { subscribers } = this.dataSource;
    if (subscribers.includes(this)) subscribers.splice(subscribers.indexOf(this), 1);
  }

  beforeTransactionStart({ queryRunner }: { queryRunner: QueryRunner }): void {
    // A connection that broke may have left something behind.
    if (depthOf(queryRunner) === 0) this.pending.delete(queryRunner);
  }

  async beforeTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): Promise<void> {
    // PostgreSQL answers the commit of a transaction in which a statement has failed with a rollback, and no error.
    const isToBeSure = this.dataSource.options.type === 'postgres' && depthOf(queryRunner) === 1;
    if (isToBeSure && this.of(queryRunner).length > 0) await queryRunner.query('SELECT 1');
  }

  afterTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): void {
    const done = this.of(queryRunner);
    const depth = depthOf(queryRunner);
    this.pending.set(
      queryRunner,
      depth === 0 ? [] : done.map((one) => ({ ...one, depth: Math.min(one.depth, depth) })),
    );
    if (depth === 0) for (const { action } of done) action();
  }

  afterTransactionRollback({ queryRunner }: { queryRunner: QueryRunner }): void {
    const depth = depthOf(queryRunner);
    this.pending.set(
      queryRunner,
      this.of(queryRunner).filter((one) => one.depth <= depth),
    );
  }

  private of(runner: QueryRunner): Pending[] {
    return this.pending.get(runner) ?? [];
  }
}

/** Transactions that are open within one another; TypeORM counts them and tells nobody. */
function depthOf(runner: QueryRunner): number {
  return (runner as unknown as { transactionDepth: number }).transactionDepth;
}
