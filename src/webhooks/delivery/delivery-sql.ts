import { changeTexts, preparedText, type PreparedText } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { changeColumns } from '../../journal/table/change-columns.js';
import { ClientChange } from '../../journal/table/client-change.entity.js';
import { JournalHead } from '../../journal/table/journal-head.entity.js';
import { WebhookDelivery } from '../table/webhook-delivery.entity.js';
import { WebhookLease } from '../table/webhook-lease.entity.js';
import { WebhookSql } from '../table/webhook-sql.js';
import { Webhook } from '../table/webhook.entity.js';

/** SQL texts of the statements for deliveries. */
export class DeliverySql {
  private readonly webhook: string;
  private readonly delivery: string;
  private readonly lease: string;

  constructor(private readonly database: PreparedDatabase) {
    this.webhook = database.table(Webhook);
    this.delivery = database.table(WebhookDelivery);
    this.lease = database.table(WebhookLease);
  }

  readLease(): PreparedText {
    return this.prepared(() => `SELECT holder, renewals FROM ${this.lease} WHERE id = 1`);
  }

  /** Takes, renews or releases the lease, unless another process has done so since it was read. */
  takeLease(): PreparedText {
    return this.prepared(
      (place) =>
        `UPDATE ${this.lease} SET holder = ${place('holder')}, renewals = renewals + 1 WHERE id = 1 AND holder = ${place('former')} AND renewals = CAST(${place('renewals')} AS bigint)`,
    );
  }

  /** Selects the webhooks that are not disabled, and whether there is something to send to each. */
  active(): PreparedText {
    const head = this.database.table(JournalHead);
    return this.prepared(
      (place) =>
        `SELECT id, CASE WHEN position < (SELECT position FROM ${head} WHERE id = 1) OR notice_position < (SELECT notices FROM ${this.lease} WHERE id = 1) OR EXISTS (SELECT 1 FROM ${this.delivery} WHERE webhook_id = webhook.id AND state = 'waiting' AND next_at <= ${place('now')}) THEN 1 ELSE 0 END AS busy FROM ${this.webhook} AS webhook WHERE disabled IS NULL`,
    );
  }

  /** Selects the clients with waiting deliveries: how many, and the position of the last change, below zero if only notices wait. */
  waiting(): PreparedText {
    return this.prepared(
      (place) =>
        `SELECT client_id AS "clientId", count(*) AS count, max(position) AS last FROM ${this.delivery} WHERE webhook_id = ${place('webhookId')} AND state = 'waiting' GROUP BY client_id`,
    );
  }

  /** Counts the late deliveries of all webhooks, by state, with the time of the oldest. */
  late(): PreparedText {
    return this.prepared(
      () => `SELECT state, count(*) AS count, min(since) AS since FROM ${this.delivery} GROUP BY state`,
    );
  }

  countParked(): PreparedText {
    return this.prepared(
      (place) =>
        `SELECT count(*) AS count FROM ${this.delivery} WHERE webhook_id = ${place('webhookId')} AND state = 'parked'`,
    );
  }

  /** Selects the due deliveries: for each client its first waiting change or, if no change waits, its notices. */
  due(most: number): PreparedText {
    const columns = new WebhookSql(this.database).columns(WebhookDelivery);
    return this.prepared(
      (place) =>
        `SELECT ${columns} FROM ${this.delivery} AS late WHERE webhook_id = ${place('webhookId')} AND state = 'waiting' AND next_at <= ${place('now')}
        AND NOT EXISTS (SELECT 1 FROM ${this.delivery} AS earlier WHERE earlier.webhook_id = late.webhook_id AND earlier.state = 'waiting' AND earlier.client_id = late.client_id AND earlier.position > 0 AND (earlier.position < late.position OR late.position < 0))
        ORDER BY next_at, position LIMIT ${most}`,
    );
  }

  /** Selects the changes at the given positions. */
  changesAt(): PreparedText {
    const { dialect } = this.database;
    return this.prepared(
      (place) =>
        `SELECT ${changeColumns(this.database)} FROM ${this.database.table(ClientChange)} WHERE position IN (SELECT CAST(item.value ->> 0 AS bigint) FROM ${dialect.rowsOf(place('positions'))})`,
    );
  }

  /** Writes the outcome of deliveries and moves the cursors, unless this process lost the lease, or the webhook was disabled or replayed. */
  settle(): PreparedText[] {
    const { dialect } = this.database;
    const columns = this.database.columns(WebhookDelivery);
    const values = columns.map(({ type, property }, at) =>
      property === 'webhookId' ? 'written.id' : `CAST(item.value ->> ${at} AS ${type})`,
    );
    const updated = columns.map(({ name }) => `${name} = excluded.${name}`);
    return changeTexts(
      dialect,
      (place) =>
        `UPDATE ${this.webhook} SET position = CAST(${place('position')} AS bigint), notice_position = CAST(${place('noticePosition')} AS bigint), disabled = CAST(${place('disabled')} AS varchar(255)) WHERE id = ${place('id')} AND position = CAST(${place('former')} AS bigint) AND disabled IS NULL AND EXISTS (SELECT 1 FROM ${this.lease} WHERE id = 1 AND holder = ${place('holder')})`,
      [
        (written, place) =>
          `DELETE FROM ${this.delivery} WHERE webhook_id IN (SELECT id FROM ${written}) AND position IN (SELECT CAST(item.value ->> 0 AS bigint) FROM ${dialect.rowsOf(place('done'))})`,
        (written, place) =>
          `INSERT INTO ${this.delivery} (${columns.map(({ name }) => name).join(', ')}) SELECT ${values.join(', ')} FROM ${written}, ${dialect.rowsOf(place('late'))} WHERE true ON CONFLICT (webhook_id, position) DO UPDATE SET ${updated.join(', ')}`,
      ],
    );
  }

  private prepared(build: Parameters<typeof preparedText>[1]): PreparedText {
    return preparedText(this.database.dialect, build);
  }
}
