import { changeTexts, preparedText, type PreparedText } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { JournalHead } from '../../journal/table/journal-head.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookLease } from './webhook-lease.entity.js';
import { Webhook } from './webhook.entity.js';

/** Columns that are written when a caller changes a webhook. */
const SETTABLE = ['url', 'kinds', 'owner', 'disabled', 'updatedAt'] as const satisfies readonly (keyof Webhook)[];
/** Columns that are written when the signing secret is rotated. */
const ROTATED = ['secret', 'formerSecret', 'formerEndsAt', 'updatedAt'] as const satisfies readonly (keyof Webhook)[];

/** SQL texts of the statements on webhooks. */
export class WebhookSql {
  private readonly webhook: string;
  private readonly delivery: string;

  constructor(private readonly database: PreparedDatabase) {
    this.webhook = database.table(Webhook);
    this.delivery = database.table(WebhookDelivery);
  }

  /** Lists the columns of an entity, renamed to its members. */
  columns(entity: typeof Webhook | typeof WebhookDelivery): string {
    return this.database
      .columns(entity)
      .map(({ name, property }) => `${name} AS "${property}"`)
      .join(', ');
  }

  /** Selects all webhooks, the oldest first. */
  list(): PreparedText {
    return this.prepared(() => `SELECT ${this.columns(Webhook)} FROM ${this.webhook} ORDER BY created_at, id`);
  }

  find(): PreparedText {
    return this.prepared((place) => `SELECT ${this.columns(Webhook)} FROM ${this.webhook} WHERE id = ${place('id')}`);
  }

  /** Inserts a webhook, with its cursors at the ends of the journal and of the notices, unless there are `most` webhooks already. */
  insert(most: number): PreparedText {
    const columns = this.database.columns(Webhook);
    const ends: Record<string, string> = {
      position: `(SELECT position FROM ${this.database.table(JournalHead)} WHERE id = 1)`,
      noticePosition: `(SELECT notices FROM ${this.database.table(WebhookLease)} WHERE id = 1)`,
    };
    return this.prepared((place) => {
      const values = columns.map(({ property, type }) => ends[property] ?? `CAST(${place(property)} AS ${type})`);
      return `INSERT INTO ${this.webhook} (${columns.map(({ name }) => name).join(', ')}) SELECT ${values.join(', ')} WHERE (SELECT count(*) FROM ${this.webhook}) < ${most}`;
    });
  }

  update(): PreparedText {
    return this.setting(SETTABLE);
  }

  rotate(): PreparedText {
    return this.setting(ROTATED);
  }

  /** Moves the cursor back and deletes the deliveries after it: their changes are read again. */
  replay(): PreparedText[] {
    return changeTexts(
      this.database.dialect,
      (place) => `UPDATE ${this.webhook} SET position = CAST(${place('position')} AS bigint) WHERE id = ${place('id')}`,
      [
        (written, place) =>
          `DELETE FROM ${this.delivery} WHERE webhook_id IN (SELECT id FROM ${written}) AND position > CAST(${place('position')} AS bigint)`,
      ],
    );
  }

  /** Deletes a webhook with its deliveries. */
  remove(): PreparedText[] {
    return changeTexts(this.database.dialect, (place) => `DELETE FROM ${this.webhook} WHERE id = ${place('id')}`, [
      (written) => `DELETE FROM ${this.delivery} WHERE webhook_id IN (SELECT id FROM ${written})`,
    ]);
  }

  /** Selects deliveries that have not succeeded: first notices, then changes in the order of the journal. */
  deliveries(): PreparedText {
    return this.prepared(
      (place) =>
        `SELECT ${this.columns(WebhookDelivery)} FROM ${this.delivery} WHERE webhook_id = ${place('webhookId')} AND position >= CAST(${place('from')} AS bigint) ORDER BY position LIMIT CAST(${place('most')} AS integer)`,
    );
  }

  private setting(members: readonly (keyof Webhook)[]): PreparedText {
    const columns = this.database.columns(Webhook).filter(({ property }) => (members as string[]).includes(property));
    return this.prepared(
      (place) =>
        `UPDATE ${this.webhook} SET ${columns.map(({ name, type, property }) => `${name} = CAST(${place(property)} AS ${type})`).join(', ')} WHERE id = ${place('id')}`,
    );
  }

  private prepared(build: Parameters<typeof preparedText>[1]): PreparedText {
    return preparedText(this.database.dialect, build);
  }
}
