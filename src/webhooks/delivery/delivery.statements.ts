import { Injectable } from '@nestjs/common';
import { prepared, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Query } from '../../database/sql/prepared-database.js';
import type { Backlog } from '../../journal/chain/chain.statements.js';
import type { SealedChange } from '../../journal/chain/seal.js';
import { WebhookDelivery } from '../table/webhook-delivery.entity.js';
import { deliveryOf, type StoredDelivery, type StoredWebhook } from '../table/webhook.statements.js';
import { DeliverySql } from './delivery-sql.js';

/** Maximum number of deliveries that are retried in one round. */
export const MOST_DUE = 16;

/** The process that delivers, and how many times the lease was written. */
export interface Lease {
  holder: string;
  renewals: string | number;
}

/** How far a webhook has got in the journal and among the notices. */
export type Cursors = Pick<StoredWebhook, 'position' | 'noticePosition'>;

/** The waiting deliveries of a webhook. */
export interface Waiting {
  /** Number of changes and notices. */
  count: number;
  /** The clients of the changes among them. */
  clients: ReadonlySet<string>;
}

/** The outcome of one round of deliveries to a webhook, with its new cursors. */
export interface Settlement extends Cursors {
  /** Why the webhook is disabled from now on; `null` when it is not. */
  disabled: string | null;
  /** Positions of late deliveries that are finished; their rows are deleted. */
  done: readonly number[];
  /** Late deliveries, whose rows are inserted or updated. */
  late: readonly StoredDelivery[];
}

/** The statements for deliveries to webhooks. */
@Injectable()
export class DeliveryStatements {
  private readonly readingLease: Prepared;
  private readonly takingLease: Prepared;
  private readonly listingActive: Prepared;
  private readonly countingWaiting: Prepared;
  private readonly countingLate: Prepared;
  private readonly countingParked: Prepared;
  private readonly selectingDue: Prepared;
  private readonly readingChanges: Prepared;
  private readonly settling: readonly Prepared[];

  constructor(private readonly database: PreparedDatabase) {
    const sql = new DeliverySql(database);
    this.readingLease = prepared('read_lease', sql.readLease());
    this.takingLease = prepared('take_lease', sql.takeLease());
    this.listingActive = prepared('active_webhooks', sql.active());
    this.countingWaiting = prepared('waiting_deliveries', sql.waiting());
    this.countingLate = prepared('late_deliveries', sql.late());
    this.countingParked = prepared('parked_deliveries', sql.countParked());
    this.selectingDue = prepared('due_deliveries', sql.due(MOST_DUE));
    this.readingChanges = prepared('changes_at', sql.changesAt());
    this.settling = sql.settle().map((part, at) => prepared(`settle_${at}`, part));
  }

  async lease(): Promise<Lease> {
    const lease = await this.database.row<Lease>(this.readingLease({}));
    if (!lease) throw new Error('The lease of webhooks is missing: restore its row from a copy of the database.');
    return lease;
  }

  /**
   * Takes, renews or releases the lease.
   *
   * @param former the lease as it was read
   * @param holder the new holder; `''` to release the lease
   * @returns false when another process was faster
   */
  takeLease(former: Lease, holder: string): Promise<boolean> {
    return this.database.change([this.takingLease({ holder, former: former.holder, renewals: former.renewals })]);
  }

  /** Lists the webhooks that are not disabled, and whether there is something to send to each now. */
  async active(): Promise<{ id: string; isBusy: boolean }[]> {
    const rows = await this.database.rows<{ id: string; busy: number }>(this.listingActive({ now: now() }));
    return rows.map(({ id, busy }) => ({ id, isBusy: busy === 1 }));
  }

  /** Counts the waiting deliveries, and names the clients that have waiting changes. */
  async waiting(webhookId: string): Promise<Waiting> {
    const rows = await this.database.rows<{ clientId: string; count: number | string; last: number | string }>(
      this.countingWaiting({ webhookId }),
    );
    return {
      count: rows.reduce((sum, { count }) => sum + Number(count), 0),
      clients: new Set(rows.flatMap(({ clientId, last }) => (Number(last) > 0 ? [clientId] : []))),
    };
  }

  /** Counts the late deliveries of all webhooks, by state. */
  async late(): Promise<Record<WebhookDelivery['state'], Backlog>> {
    const rows = await this.database.rows<{
      state: WebhookDelivery['state'];
      count: number | string;
      since: string | null;
    }>(this.countingLate({}));
    const none: Backlog = { count: 0, since: null };
    const late = rows.map(({ state, count, since }) => [state, { count: Number(count), since }] as const);
    return { waiting: none, parked: none, ...Object.fromEntries(late) };
  }

  async countParked(webhookId: string): Promise<number> {
    const row = await this.database.row<{ count: number | string }>(this.countingParked({ webhookId }));
    return Number(row?.count);
  }

  /** Lists at most {@link MOST_DUE} deliveries to retry now, with at most one change per client. */
  async due(webhookId: string): Promise<StoredDelivery[]> {
    const rows = await this.database.rows<WebhookDelivery>(this.selectingDue({ webhookId, now: now() }));
    return rows.map(deliveryOf);
  }

  /** Returns the changes at the given positions; those that the journal no longer has are missing. */
  async changesAt(positions: readonly number[]): Promise<SealedChange[]> {
    if (positions.length === 0) return [];
    const list = JSON.stringify(positions.map((position) => [position]));
    return this.database.rows<SealedChange>(this.readingChanges({ positions: list }));
  }

  /**
   * Writes the outcome of deliveries, all or nothing.
   *
   * @param webhook the webhook as it was read before the deliveries
   * @param holder the id of this process as holder of the lease
   * @returns false, with nothing written, when this process lost the lease, or the webhook was disabled, removed or replayed
   */
  settle({ id, position: former }: StoredWebhook, holder: string, settlement: Settlement): Promise<boolean> {
    const { position, noticePosition, disabled } = settlement;
    const properties = this.database.columns(WebhookDelivery).map(({ property }) => property as keyof StoredDelivery);
    const late = settlement.late.map((delivery) => properties.map((property) => delivery[property]));
    const done = settlement.done.map((one) => [one]);
    const lists = { late: JSON.stringify(late), done: JSON.stringify(done) };
    const values = { id, former, position, noticePosition, disabled, holder, ...lists };
    return this.database.change(this.settling.map((statement) => statement(values)) as [Query, ...Query[]]);
  }
}

function now(): string {
  return new Date().toISOString();
}
