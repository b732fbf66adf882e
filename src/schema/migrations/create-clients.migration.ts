import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ClientTerm } from '../../clients/store/client-term.entity.js';
import { Client } from '../../clients/store/client.entity.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { dialectOf } from '../../database/dialects.js';
import { registryNames } from './registry-names.js';

/** Creates the tables of clients, their search terms and their secrets. */
export class ClientRegistryCreateClients1764000000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryCreateClients1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    const { schema, table, part } = registryNames(runner);
    // Not IF NOT EXISTS, which requires the privilege to create a schema even if the schema exists.
    if (schema && !(await runner.hasSchema(schema))) await runner.createSchema(schema);
    // Order, prefix ranges and equality of these columns are bytewise on every database.
    const { bytewise } = dialectOf(runner.dataSource);
    const text = (length: number) => `varchar(${length})${bytewise}`;
    const statements = [
      `CREATE TABLE ${table(Client)} (
        "id" ${text(255)} NOT NULL,
        "version" integer NOT NULL,
        "shape" integer NOT NULL,
        "tag" varchar(16) NOT NULL,
        "document" text NOT NULL,
        "name" ${text(512)} NOT NULL,
        "owner" ${text(512)} NOT NULL,
        "auth_method" ${text(32)} NOT NULL,
        "registration_token_digest" varchar(64) NOT NULL,
        "created_at" ${text(24)} NOT NULL,
        "updated_at" ${text(24)} NOT NULL,
        CONSTRAINT ${part('oauth2_client_pkey')} PRIMARY KEY ("id")
      )`,
      ...['name', 'owner', 'auth_method', 'created_at', 'updated_at'].map(
        (column) => `CREATE INDEX ${part(`oauth2_client_${column}`)} ON ${table(Client)} ("${column}", "id")`,
      ),
      `CREATE TABLE ${table(ClientTerm)} (
        "kind" ${text(16)} NOT NULL,
        "value" ${text(255)} NOT NULL,
        "client_id" ${text(255)} NOT NULL,
        CONSTRAINT ${part('oauth2_client_term_client_id_fkey')} FOREIGN KEY ("client_id") REFERENCES ${table(Client)} ("id") ON DELETE CASCADE ON UPDATE NO ACTION,
        CONSTRAINT ${part('oauth2_client_term_pkey')} PRIMARY KEY ("kind", "value", "client_id")
      )`,
      `CREATE INDEX ${part('oauth2_client_term_client_id')} ON ${table(ClientTerm)} ("client_id")`,
      `CREATE TABLE ${table(ClientSecret)} (
        "id" ${text(36)} NOT NULL,
        "client_id" ${text(255)} NOT NULL,
        "hash" varchar(128) NOT NULL,
        "hint" varchar(4),
        "created_at" ${text(24)} NOT NULL,
        "expires_at" bigint NOT NULL,
        "last_used_at" ${text(24)},
        CONSTRAINT ${part('oauth2_client_secret_client_id_fkey')} FOREIGN KEY ("client_id") REFERENCES ${table(Client)} ("id") ON DELETE CASCADE ON UPDATE NO ACTION,
        CONSTRAINT ${part('oauth2_client_secret_pkey')} PRIMARY KEY ("id")
      )`,
      `CREATE INDEX ${part('oauth2_client_secret_client_id')} ON ${table(ClientSecret)} ("client_id")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    for (const entity of [ClientSecret, ClientTerm, Client]) await runner.query(`DROP TABLE ${table(entity)}`);
  }
}
