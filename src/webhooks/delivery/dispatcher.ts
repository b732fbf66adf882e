import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { coalesced } from '../../concurrency/coalesced.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { onSealed } from '../../journal/chain/sealed-signal.js';
import { apart } from '../../telemetry/spans.js';
import { NoticeMaker } from '../notices/notice-maker.js';
import { Courier } from './courier.js';
import { DeliveryStatements } from './delivery.statements.js';
import { DispatchLease } from './dispatch-lease.js';

/** How often the dispatcher looks for due deliveries and for changes that other processes sealed, in milliseconds. */
const INTERVAL = 2000;

/**
 * Sends changes to webhooks soon after they are sealed, and notices that secrets end soon. Of all processes on a database, one sends at a
 * time. The dispatcher's timer does not keep the process alive. See docs/decisions/0009-webhooks.md.
 */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Dispatcher.name);
  /** For each webhook, by its id, the function that serves it. */
  private readonly serving = new Map<string, () => Promise<void>>();
  private readonly look = coalesced(() => this.reporting(() => this.lookAround()));
  private timer?: NodeJS.Timeout;
  private unsubscribe?: () => void;
  private isStopped = true;
  private hasFailed = false;

  constructor(
    private readonly database: PreparedDatabase,
    private readonly statements: DeliveryStatements,
    private readonly courier: Courier,
    private readonly lease: DispatchLease,
    private readonly notices: NoticeMaker,
  ) {}

  /** Starts delivering, if this process has a key for signing secrets. */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.courier.canSign) return this.reportUnserved();
    this.isStopped = false;
    this.unsubscribe = onSealed(this.database, () => this.wake());
    this.timer = setInterval(() => this.wake(), INTERVAL).unref();
    this.wake();
  }

  /** Waits for the attempts that have begun, and releases the lease. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.unsubscribe?.();
    clearInterval(this.timer);
    await this.settled();
    await this.reporting(() => this.lease.release());
  }

  /** Starts looking for something to deliver. */
  wake(): void {
    if (!this.isStopped) void apart(this.look);
  }

  /** Resolves once everything that was due has been attempted. */
  async settled(): Promise<void> {
    await this.look();
    await Promise.all([...this.serving.values()].map((serve) => serve()));
  }

  private async lookAround(): Promise<void> {
    if (this.isStopped) return;
    const active = await this.statements.active();
    const ids = new Set(active.map(({ id }) => id));
    for (const id of this.serving.keys()) if (!ids.has(id)) this.serving.delete(id);
    if (active.length === 0) return this.lease.release();
    if (!(await this.lease.hold())) return;
    let hasNotices = false;
    try {
      // Before the deliveries: a nearer notice replaces one that is late, so that only the nearer one is sent.
      hasNotices = await this.notices.make(this.lease.holder);
    } finally {
      for (const { id, isBusy } of active) if (isBusy || hasNotices) this.serve(id);
    }
  }

  private serve(id: string): void {
    const serve = this.serving.get(id) ?? coalesced(() => this.reporting(() => this.serveAll(id)));
    this.serving.set(id, serve);
    void serve();
  }

  private async serveAll(id: string): Promise<void> {
    const isStopped = () => this.isStopped;
    while (!this.isStopped && (await this.lease.hold()) && (await this.courier.serve(id, isStopped)));
  }

  /** Runs `work`; of consecutive failures, only the first is logged. */
  private async reporting(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.hasFailed = false;
    } catch (error) {
      const { message, cause } = error as Error;
      if (!this.hasFailed && !this.isStopped)
        this.logger.warn(
          `Webhooks are not served, and it tries again: ${cause instanceof Error ? cause.message : message}`,
        );
      this.hasFailed = true;
    }
  }

  private async reportUnserved(): Promise<void> {
    const { length } = await this.statements.active();
    if (length > 0) this.logger.error(`Nothing is sent to ${length} webhooks: SECRETS_KEY is missing.`);
  }
}
