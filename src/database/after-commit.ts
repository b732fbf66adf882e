import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';
import { dialectOf } from './dialects.js';
import { openTransactionOf } from './sql/prepared-database.js';

/** An action that waits for the commit, and the savepoint depth at which it was queued. */
interface Pending {
  depth: number;
  action: () => void;
}

/** Runs actions after the transaction that they belong to has committed; discards them when it is rolled back. */
export class AfterCommit implements EntitySubscriberInterface {
  private readonly pending = new WeakMap<QueryRunner, Pending[]>();

  private readonly hidesRollback: boolean;

  constructor(private readonly dataSource: DataSource) {
    this.hidesRollback = dialectOf(dataSource).hidesRollback;
    dataSource.subscribers.push(this);
  }

  /** Runs the action after the commit of `manager`'s transaction; immediately when `manager` has no open transaction. */
  run(action: () => void, manager?: EntityManager): void {
    const runner = openTransactionOf(manager);
    if (!runner) return action();
    const pending = this.of(runner);
    pending.push({ depth: depthOf(runner), action });
    this.pending.set(runner, pending);
  }

  /** Stops listening. */
  close(): void {
    const { subscribers } = this.dataSource;
    if (subscribers.includes(this)) subscribers.splice(subscribers.indexOf(this), 1);
  }

  beforeTransactionStart({ queryRunner }: { queryRunner: QueryRunner }): void {
    // A transaction on a broken connection may have left actions behind.
    if (depthOf(queryRunner) === 0) this.pending.delete(queryRunner);
  }

  async beforeTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): Promise<void> {
    // In a transaction that PostgreSQL would silently roll back, this statement fails, and so does the commit.
    const isOutermost = depthOf(queryRunner) === 1;
    if (this.hidesRollback && isOutermost && this.of(queryRunner).length > 0) await queryRunner.query('SELECT 1');
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

/** Returns how many transactions are open within one another. TypeORM counts them, but has no public way to ask. */
function depthOf(runner: QueryRunner): number {
  return (runner as unknown as { transactionDepth: number }).transactionDepth;
}
