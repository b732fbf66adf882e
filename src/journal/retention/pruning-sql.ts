import { changeTexts, preparedText, type PreparedText } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { WebhookDelivery } from '../../webhooks/table/webhook-delivery.entity.js';
import { Webhook } from '../../webhooks/table/webhook.entity.js';
import { changeColumns } from '../table/change-columns.js';
import { ChangeTerm } from '../table/change-term.entity.js';
import { ClientChange } from '../table/client-change.entity.js';
import { JournalGap } from '../table/journal-gap.entity.js';
import { JournalHead } from '../table/journal-head.entity.js';

/** The texts of the statements that prune the journal. */
export class PruningSql {
  private readonly change: string;

  constructor(private readonly database: PreparedDatabase) {
    this.change = database.table(ClientChange);
  }

  /** Selects the last change sealed before a time, how far all active webhooks have read, and the first change that one still delivers. */
  limits(): PreparedText {
    const [webhook, delivery] = [this.database.table(Webhook), this.database.table(WebhookDelivery)];
    return this.prepared(
      (place) =>
        `SELECT (SELECT position FROM ${this.change} WHERE position IS NOT NULL AND sealed_at < ${place('before')} ORDER BY sealed_at DESC, position DESC LIMIT 1) AS "old",
        (SELECT min(position) FROM ${webhook} WHERE disabled IS NULL) AS "read",
        (SELECT min(late.position) FROM ${webhook} AS webhook JOIN ${delivery} AS late ON late.webhook_id = webhook.id AND late.state = 'waiting' AND late.position > 0 WHERE webhook.disabled IS NULL) AS "waiting"`,
    );
  }

  /** Selects the changes behind a position, up to another one. */
  window(most: number): PreparedText {
    return this.prepared(
      (place) =>
        `SELECT ${changeColumns(this.database)} FROM ${this.change} WHERE position > CAST(${place('from')} AS bigint) AND position <= CAST(${place('to')} AS bigint) ORDER BY position LIMIT ${most}`,
    );
  }

  /** Selects the sealed changes of some clients, each before a `seq`. */
  superseded(): PreparedText {
    const columns = changeColumns(this.database, 'superseded');
    // The list of clients comes first: one look-up in the index of changes for each client.
    return this.prepared(
      (place) =>
        `SELECT ${columns} FROM ${this.database.dialect.rowsOf(place('clients'))} CROSS JOIN ${this.change} AS superseded
        WHERE superseded.client_id = item.value ->> 0 AND superseded.seq < CAST(item.value ->> 1 AS bigint) AND superseded.position IS NOT NULL`,
    );
  }

  /** Selects the seals at some positions. */
  sealsAt(): PreparedText {
    return this.prepared(
      (place) =>
        `SELECT position, seal FROM ${this.change} WHERE position IN ${this.numbers(place('positions'))} AND position IS NOT NULL`,
    );
  }

  /** Removes changes and their terms, and writes the gaps that verify the rest, unless another process has pruned meanwhile. */
  prune(): PreparedText[] {
    const { dialect } = this.database;
    const gap = this.database.table(JournalGap);
    const columns = this.database.columns(JournalGap);
    const values = columns.map(({ type, property }) => `CAST(item.value ->> '${property}' AS ${type})`);
    const updated = columns.map(({ name }) => `${name} = excluded.${name}`);
    const when = (written: string) => `EXISTS (SELECT 1 FROM ${written})`;
    return changeTexts(
      dialect,
      (place) =>
        `UPDATE ${this.database.table(JournalHead)} SET pruned_to = CAST(${place('to')} AS bigint) WHERE id = CAST(${place('id')} AS integer) AND pruned_to = CAST(${place('from')} AS bigint)`,
      [
        (written, place) =>
          `DELETE FROM ${this.change} WHERE seq IN ${this.numbers(place('changes'))} AND ${when(written)}`,
        (written, place) =>
          `DELETE FROM ${this.database.table(ChangeTerm)} WHERE (kind, value, position) IN (SELECT item.value ->> 0, item.value ->> 1, CAST(item.value ->> 2 AS bigint) FROM ${dialect.rowsOf(place('terms'))}) AND ${when(written)}`,
        (written, place) => `DELETE FROM ${gap} WHERE last IN ${this.numbers(place('joined'))} AND ${when(written)}`,
        // A gap that grows at its beginning keeps its key.
        (written, place) =>
          `INSERT INTO ${gap} (${columns.map(({ name }) => name).join(', ')}) SELECT ${values.join(', ')} FROM ${written}, ${dialect.rowsOf(place('gaps'))} WHERE true ON CONFLICT (last) DO UPDATE SET ${updated.join(', ')}`,
      ],
    );
  }

  /** Returns a query of one column: the numbers of a list of lists of one number. */
  private numbers(list: string): string {
    return `(SELECT CAST(item.value ->> 0 AS bigint) FROM ${this.database.dialect.rowsOf(list)})`;
  }

  private prepared(build: Parameters<typeof preparedText>[1]): PreparedText {
    return preparedText(this.database.dialect, build);
  }
}
