import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../../../database/dialects.js';
import { WebhookDelivery } from '../../../webhooks/table/webhook-delivery.entity.js';
import { WebhookLease } from '../../../webhooks/table/webhook-lease.entity.js';
import { Webhook } from '../../../webhooks/table/webhook.entity.js';
import { registryNames } from '../registry-names.js';

/** Creates the tables of webhooks. */
export class ClientRegistryWebhooks1764830000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryWebhooks1764830000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise } = dialectOf(runner.dataSource);
    const text = (length: number) => `varchar(${length})${bytewise}`;
    const delivery = table(WebhookDelivery);
    const statements = [
      `CREATE TABLE ${table(Webhook)} (
        "id" ${text(36)} NOT NULL,
        "url" varchar(2048) NOT NULL,
        "kinds" text NOT NULL,
        "owner" ${text(512)} NOT NULL,
        "secret" text NOT NULL,
        "former_secret" text NOT NULL,
        "former_ends_at" ${text(24)} NOT NULL,
        "position" bigint NOT NULL,
        "disabled" varchar(255),
        "created_at" ${text(24)} NOT NULL,
        "updated_at" ${text(24)} NOT NULL,
        "created_by" text NOT NULL,
        CONSTRAINT ${part('oauth2_client_webhook_pkey')} PRIMARY KEY ("id")
      )`,
      `CREATE TABLE ${delivery} (
        "webhook_id" ${text(36)} NOT NULL,
        "position" bigint NOT NULL,
        "client_id" ${text(255)} NOT NULL,
        "change_id" varchar(36) NOT NULL,
        "state" ${text(8)} NOT NULL,
        "since" ${text(24)} NOT NULL,
        "attempts" integer NOT NULL,
        "attempted_at" ${text(24)} NOT NULL,
        "next_at" ${text(24)} NOT NULL,
        "status" integer,
        "problem" varchar(255) NOT NULL,
        CONSTRAINT ${part('oauth2_client_webhook_delivery_pkey')} PRIMARY KEY ("webhook_id", "position")
      )`,
      `CREATE INDEX ${part('oauth2_client_webhook_delivery_client_id')} ON ${delivery} ("webhook_id", "state", "client_id", "position")`,
      `CREATE TABLE ${table(WebhookLease)} (
        "id" integer NOT NULL,
        "holder" varchar(36) NOT NULL,
        "renewals" bigint NOT NULL,
        CONSTRAINT ${part('oauth2_client_webhook_lease_pkey')} PRIMARY KEY ("id")
      )`,
      `INSERT INTO ${table(WebhookLease)} ("id", "holder", "renewals") VALUES (1, '', 0)`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    for (const entity of [WebhookLease, WebhookDelivery, Webhook]) await runner.query(`DROP TABLE ${table(entity)}`);
  }
}
