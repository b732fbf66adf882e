import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Clients, their search terms and their secrets. */
export class ClientRegistryCreateClients1764000000000 implements MigrationInterface {
  readonly name = 'ClientRegistryCreateClients1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    // Order, prefix ranges and equality of these columns are bytewise on every database; SQLite's BINARY is its default.
    const text = (length: number) =>
      `varchar(${length})${runner.dataSource.options.type === 'postgres' ? ' COLLATE "C"' : ''}`;
    const statements = [
      `CREATE TABLE "oauth2_client" (
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
        CONSTRAINT "oauth2_client_pkey" PRIMARY KEY ("id")
      )`,
      ...['name', 'owner', 'auth_method', 'created_at', 'updated_at'].map(
        (column) => `CREATE INDEX "oauth2_client_${column}" ON "oauth2_client" ("${column}", "id")`,
      ),
      `CREATE TABLE "oauth2_client_term" (
        "kind" ${text(16)} NOT NULL,
        "value" ${text(255)} NOT NULL,
        "client_id" ${text(255)} NOT NULL,
        CONSTRAINT "oauth2_client_term_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth2_client" ("id") ON DELETE CASCADE ON UPDATE NO ACTION,
        CONSTRAINT "oauth2_client_term_pkey" PRIMARY KEY ("kind", "value", "client_id")
      )`,
      `CREATE INDEX "oauth2_client_term_client_id" ON "oauth2_client_term" ("client_id")`,
      `CREATE TABLE "oauth2_client_secret" (
        "id" ${text(36)} NOT NULL,
        "client_id" ${text(255)} NOT NULL,
        "hash" varchar(128) NOT NULL,
        "hint" varchar(4),
        "created_at" ${text(24)} NOT NULL,
        "expires_at" bigint NOT NULL,
        "last_used_at" ${text(24)},
        CONSTRAINT "oauth2_client_secret_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth2_client" ("id") ON DELETE CASCADE ON UPDATE NO ACTION,
        CONSTRAINT "oauth2_client_secret_pkey" PRIMARY KEY ("id")
      )`,
      `CREATE INDEX "oauth2_client_secret_client_id" ON "oauth2_client_secret" ("client_id")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['oauth2_client_secret', 'oauth2_client_term', 'oauth2_client'])
      await runner.query(`DROP TABLE "${table}"`);
  }
}
