import { changeTexts, preparedText, type Placeholder, type PreparedText } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { Client } from '../../clients/store/client.entity.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { ExpiryNotice } from '../table/expiry-notice.entity.js';
import { WebhookLease } from '../table/webhook-lease.entity.js';

/** SQL texts of the statements on notices. */
export class NoticeSql {
  private readonly notice: string;
  private readonly lease: string;
  private readonly secret: string;

  constructor(private readonly database: PreparedDatabase) {
    this.notice = database.table(ExpiryNotice);
    this.lease = database.table(WebhookLease);
    this.secret = database.table(ClientSecret);
  }

  /** Selects how many notices were made. */
  count(): PreparedText {
    return this.prepared(() => `SELECT notices FROM ${this.lease} WHERE id = 1`);
  }

  /** Selects the secrets after a given one that end within a time, each with the time for which this end has a notice already. */
  ending(most: number): PreparedText {
    return this.prepared(
      (place) =>
        `SELECT ending.id, ending.expires_at AS "expiresAt", CASE WHEN ${this.isReplaced('ending')} THEN 1 ELSE 0 END AS replaced,
          (SELECT CASE WHEN notice.expires_at = ending.expires_at THEN notice.within_seconds END FROM ${this.notice} AS notice WHERE notice.secret_id = ending.id) AS "withinSeconds"
        FROM (SELECT id, client_id, client_version, expires_at FROM ${this.secret} WHERE expires_at > 0 AND expires_at > CAST(${place('now')} AS bigint) AND expires_at <= CAST(${place('until')} AS bigint)
          AND (expires_at, id) > (CAST(${place('end')} AS bigint), ${place('id')}) ORDER BY expires_at, id LIMIT ${most}) AS ending
        ORDER BY ending.expires_at, ending.id`,
    );
  }

  /** Writes notices, each replacing the previous one of its secret, unless another process holds the lease or has made notices. */
  add(): PreparedText[] {
    const { dialect } = this.database;
    const columns = this.database.columns(ExpiryNotice);
    const names = columns.map(({ name }) => name).join(', ');
    const values = columns.map(({ type }, at) => `CAST(item.value ->> ${at} AS ${type})`).join(', ');
    const updated = columns.map(({ name }) => `${name} = excluded.${name}`).join(', ');
    return changeTexts(
      dialect,
      (place) =>
        `UPDATE ${this.lease} SET notices = CAST(${place('count')} AS bigint) WHERE id = CAST(${place('id')} AS integer) AND holder = ${place('holder')} AND notices = CAST(${place('former')} AS bigint)`,
      [
        (written, place) =>
          `INSERT INTO ${this.notice} (${names}) SELECT ${values} FROM ${written}, ${dialect.rowsOf(place('notices'))} WHERE true ON CONFLICT (secret_id) DO UPDATE SET ${updated}`,
      ],
    );
  }

  /** Deletes the notices of secrets that ended before a time. */
  forget(): PreparedText {
    return this.prepared((place) => `DELETE FROM ${this.notice} WHERE expires_at < CAST(${place('before')} AS bigint)`);
  }

  /** Selects the notices after a position, in order. */
  behind(most: number): PreparedText {
    return this.told(
      (place) => `notice.position > CAST(${place('position')} AS bigint) ORDER BY notice.position LIMIT ${most}`,
    );
  }

  /** Selects the notices at the given positions. */
  at(): PreparedText {
    const { dialect } = this.database;
    return this.told(
      (place) =>
        `notice.position IN (SELECT CAST(item.value ->> 0 AS bigint) FROM ${dialect.rowsOf(place('positions'))})`,
    );
  }

  /** Selects notices, each with its secret and client if both still exist, the secret's end is unchanged and no newer secret outlasts it. */
  private told(condition: (place: Placeholder) => string): PreparedText {
    return this.prepared(
      (place) =>
        `SELECT notice.position, notice.id, notice.at, notice.secret_id AS "secretId", notice.expires_at AS "expiresAt", notice.within_seconds AS "withinSeconds",
          secret.label, client.id AS "clientId", client.owner
        FROM ${this.notice} AS notice
        LEFT JOIN ${this.secret} AS secret ON secret.id = notice.secret_id AND secret.expires_at = notice.expires_at AND NOT ${this.isReplaced('secret')}
        LEFT JOIN ${this.database.table(Client)} AS client ON client.id = secret.client_id
        WHERE ${condition(place)}`,
    );
  }

  /** Condition: the client has a newer secret that ends later, or never. */
  private isReplaced(secret: string): string {
    return `EXISTS (SELECT 1 FROM ${this.secret} AS newer WHERE newer.client_id = ${secret}.client_id AND newer.client_version > ${secret}.client_version AND (newer.expires_at = 0 OR newer.expires_at > ${secret}.expires_at))`;
  }

  private prepared(build: Parameters<typeof preparedText>[1]): PreparedText {
    return preparedText(this.database.dialect, build);
  }
}
