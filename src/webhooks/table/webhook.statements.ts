import { Injectable } from '@nestjs/common';
import { prepared, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Query } from '../../database/sql/prepared-database.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookSql } from './webhook-sql.js';
import type { Webhook } from './webhook.entity.js';

/** Maximum number of webhooks per registry: each of them reads every change. */
export const MOST_WEBHOOKS = 100;

/** Columns that PostgreSQL returns as text, and SQLite as numbers. */
type Bigint = 'position' | 'noticePosition';
/** A row as either database returns it. */
type Read<T extends object> = { [Name in keyof T]: Name extends Bigint ? string | number : T[Name] };
/** A row with these columns as numbers. */
type Stored<T extends object> = { [Name in keyof T]: Name extends Bigint ? number : T[Name] };

/** A webhook as it is read. */
export type StoredWebhook = Stored<Webhook>;
/** A delivery as it is read. */
export type StoredDelivery = Stored<WebhookDelivery>;

/** Returns a row of deliveries with its position as a number. */
export function deliveryOf(row: Read<WebhookDelivery>): StoredDelivery {
  return { ...row, position: Number(row.position) };
}

function webhookOf(row: Read<Webhook>): StoredWebhook {
  return { ...row, position: Number(row.position), noticePosition: Number(row.noticePosition) };
}

/** The statements that manage webhooks. */
@Injectable()
export class WebhookStatements {
  private readonly listing: Prepared;
  private readonly finding: Prepared;
  private readonly inserting: Prepared;
  private readonly updating: Prepared;
  private readonly rotating: Prepared;
  private readonly replaying: readonly Prepared[];
  private readonly removing: readonly Prepared[];
  private readonly readingDeliveries: Prepared;

  constructor(private readonly database: PreparedDatabase) {
    const sql = new WebhookSql(database);
    this.listing = prepared('webhooks', sql.list());
    this.finding = prepared('webhook', sql.find());
    this.inserting = prepared('add_webhook', sql.insert(MOST_WEBHOOKS));
    this.updating = prepared('update_webhook', sql.update());
    this.rotating = prepared('rotate_webhook', sql.rotate());
    this.replaying = sql.replay().map((part, at) => prepared(`replay_${at}`, part));
    this.removing = sql.remove().map((part, at) => prepared(`remove_webhook_${at}`, part));
    this.readingDeliveries = prepared('deliveries', sql.deliveries());
  }

  /** Lists all webhooks, the oldest first. */
  async list(): Promise<StoredWebhook[]> {
    return (await this.database.rows<Read<Webhook>>(this.listing({}))).map(webhookOf);
  }

  async find(id: string): Promise<StoredWebhook | undefined> {
    const row = await this.database.row<Read<Webhook>>(this.finding({ id }));
    return row && webhookOf(row);
  }

  /**
   * @param signal if it aborts while the change waits for the database, nothing is written. Default none
   * @returns false, with nothing written, when there are too many webhooks already
   */
  insert(webhook: Omit<Webhook, Bigint>, signal?: AbortSignal): Promise<boolean> {
    return this.changed([this.inserting], { ...webhook }, signal);
  }

  /**
   * @param signal as for {@link insert}
   * @returns false when the webhook no longer exists
   */
  update(
    webhook: Pick<Webhook, 'id' | 'url' | 'kinds' | 'owner' | 'disabled' | 'updatedAt'>,
    signal?: AbortSignal,
  ): Promise<boolean> {
    return this.changed([this.updating], { ...webhook }, signal);
  }

  /**
   * @param signal as for {@link insert}
   * @returns false when the webhook no longer exists
   */
  rotate(
    webhook: Pick<Webhook, 'id' | 'secret' | 'formerSecret' | 'formerEndsAt' | 'updatedAt'>,
    signal?: AbortSignal,
  ): Promise<boolean> {
    return this.changed([this.rotating], { ...webhook }, signal);
  }

  /**
   * Sets the cursor; deliveries after it start over.
   *
   * @param signal as for {@link insert}
   * @returns false when the webhook no longer exists
   */
  replay(id: string, position: number, signal?: AbortSignal): Promise<boolean> {
    return this.changed(this.replaying, { id, position }, signal);
  }

  /**
   * @param signal as for {@link insert}
   * @returns false when the webhook no longer exists
   */
  remove(id: string, signal?: AbortSignal): Promise<boolean> {
    return this.changed(this.removing, { id }, signal);
  }

  /**
   * Lists deliveries that have not succeeded: first notices, then changes in the order of the journal.
   *
   * @param from the smallest position; positions of notices are below zero
   */
  async deliveries(webhookId: string, from: number, most: number): Promise<StoredDelivery[]> {
    const rows = await this.database.rows<Read<WebhookDelivery>>(this.readingDeliveries({ webhookId, from, most }));
    return rows.map(deliveryOf);
  }

  private changed(
    statements: readonly Prepared[],
    values: Record<string, unknown>,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const queries = statements.map((statement) => statement(values)) as [Query, ...Query[]];
    return this.database.change(queries, undefined, signal);
  }
}
