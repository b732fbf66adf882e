import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../../database/dialects.js';
import { ApiKey } from '../../keys/api-key.entity.js';
import { registryNames } from './registry-names.js';

/** Creates the table of API keys. */
export class ClientRegistryApiKeys1764800000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryApiKeys1764800000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise } = dialectOf(runner.dataSource);
    const text = (length: number) => `varchar(${length})${bytewise}`;
    await runner.query(
      `CREATE TABLE ${table(ApiKey)} (
        "id" ${text(36)} NOT NULL,
        "name" varchar(255) NOT NULL,
        "scopes" text NOT NULL,
        "owner" ${text(512)} NOT NULL,
        "digest" ${text(64)} NOT NULL,
        "created_at" ${text(24)} NOT NULL,
        "created_by" text NOT NULL,
        "expires_at" bigint NOT NULL,
        "last_used_at" ${text(24)},
        CONSTRAINT ${part('oauth2_client_api_key_pkey')} PRIMARY KEY ("id")
      )`,
    );
    await runner.query(`CREATE UNIQUE INDEX ${part('oauth2_client_api_key_digest')} ON ${table(ApiKey)} ("digest")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${registryNames(runner).table(ApiKey)}`);
  }
}
