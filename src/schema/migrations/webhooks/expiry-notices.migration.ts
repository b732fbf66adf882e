import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../../../database/dialects.js';
import { ExpiryNotice } from '../../../webhooks/table/expiry-notice.entity.js';
import { WebhookDelivery } from '../../../webhooks/table/webhook-delivery.entity.js';
import { WebhookLease } from '../../../webhooks/table/webhook-lease.entity.js';
import { Webhook } from '../../../webhooks/table/webhook.entity.js';
import { registryNames } from '../registry-names.js';

/** Adds notices to webhooks that secrets expire soon, and the position that each webhook has reached among the notices. */
export class ClientRegistryExpiryNotices1764950000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryExpiryNotices1764950000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise } = dialectOf(runner.dataSource);
    const notice = table(ExpiryNotice);
    const statements = [
      `ALTER TABLE ${table(WebhookLease)} ADD COLUMN "notices" bigint NOT NULL DEFAULT 0`,
      `ALTER TABLE ${table(Webhook)} ADD COLUMN "notice_position" bigint NOT NULL DEFAULT 0`,
      `CREATE TABLE ${notice} (
        "secret_id" varchar(36)${bytewise} NOT NULL,
        "id" varchar(36) NOT NULL,
        "position" bigint NOT NULL,
        "expires_at" bigint NOT NULL,
        "within_seconds" integer NOT NULL,
        "at" varchar(24)${bytewise} NOT NULL,
        CONSTRAINT ${part('oauth2_client_expiry_notice_pkey')} PRIMARY KEY ("secret_id")
      )`,
      `CREATE UNIQUE INDEX ${part('oauth2_client_expiry_notice_position')} ON ${notice} ("position")`,
      `CREATE INDEX ${part('oauth2_client_expiry_notice_expires_at')} ON ${notice} ("expires_at")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    // Deliveries of notices, which an older release does not know.
    await runner.query(`DELETE FROM ${table(WebhookDelivery)} WHERE "position" < 0`);
    await runner.query(`DROP TABLE ${table(ExpiryNotice)}`);
    await runner.query(`ALTER TABLE ${table(Webhook)} DROP COLUMN "notice_position"`);
    await runner.query(`ALTER TABLE ${table(WebhookLease)} DROP COLUMN "notices"`);
  }
}
