import { Injectable } from '@nestjs/common';
import { prepared, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Query } from '../../database/sql/prepared-database.js';
import type { Backlog } from '../../journal/chain/chain.statements.js';
import type { SealedChange } from '../../journal/chain/seal.js';
import { WebhookDelivery } from '../table/webhook-delivery.entity.js';
import { deliveryOf, type StoredDelivery, type StoredWebhook } from '../table/webhook.statements.js';
import { DeliverySql } from './delivery-sql.js';

/** Most deliveries that are tried again in one round. */
export const MOST_DUE = 16;

/** Who delivers, and how often it has said so. */
export interface Lease {
  holder: string;
  renewals: string | number;
}

/** How far a webhook has come. */
export type Cursors = Pick<StoredWebhook, 'position' | 'noticePosition'>;

/** What waits for a webhook. */
export interface Waiting {
  /** How many changes and notices. */
  count: number;
  /** The clients of the changes among them. */
  clients: ReadonlySet<string>;
}

/** What became of some deliveries of a webhook: its new cursors, and more. */
export interface Settlement extends Cursors {
  /** Why the webhook is disabled from now on; `null` when it is not. */
  disabled: string | null;
  /** Positions of deliveries that were late, and are through. */
  done: readonly number[];
  /** Deliveries that are late. */
  late: readonly StoredDelivery[];
}

/** The statements by which webhooks are served. */
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
   * Takes, renews or returns the lease.
   *
   * @param former as it was read
   * @param holder the new holder
   * @returns false when another process was faster
   */
  takeLease(former: Lease, holder: string): Promise<boolean> {
    return this.database.change([this.takingLease({ holder, former: former.holder, renewals: former.renewals })]);
  }

  /** The webhooks that are not disabled, and for which of them something may be sent now. */
  async active(): Promise<{ id: string; isBusy: boolean }[]> {
    const rows = await this.database.rows<{ id: string; busy: number }>(this.listingActive({ now: now() }));
    return rows.map(({ id, busy }) => ({ id, isBusy: busy === 1 }));
  }

  /** What waits, and changes of which clients do. */
  async waiting(webhookId: string): Promise<Waiting> {
    const rows = await this.database.rows<{ clientId: string; count: number | string; last: number | string }>(
      this.countingWaiting({ webhookId }),
    );
    return {
      count: rows.reduce((sum, { count }) => sum + Number(count), 0),
      clients: new Set(rows.flatMap(({ clientId, last }) => (Number(last) > 0 ? [clientId] : []))),
    };
  }

  /** The late deliveries of all webhooks, by their state. */
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

  /** What is to be tried again now, of each client at most one change: at most {@link MOST_DUE}. */
  async due(webhookId: string): Promise<StoredDelivery[]> {
    const rows = await this.database.rows<WebhookDelivery>(this.selectingDue({ webhookId, now: now() }));
    return rows.map(deliveryOf);
  }

  /** The changes at some positions; those that the journal no longer has are missing. */
  async changesAt(positions: readonly number[]): Promise<SealedChange[]> {
    if (positions.length === 0) return [];
    const list = JSON.stringify(positions.map((position) => [position]));
    return this.database.rows<SealedChange>(this.readingChanges({ positions: list }));
  }

  /**
   * Writes what became of deliveries, all or nothing.
   *
   * @param webhook as it was read before
   * @param holder of the lease
   * @returns false when another process delivers by now, or the webhook was disabled, removed or set back; then nothing is written
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
