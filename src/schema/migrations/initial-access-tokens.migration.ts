import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../../database/dialects.js';
import { InitialAccessToken } from '../../registration/tokens/initial-access-token.entity.js';
import { registryNames } from './registry-names.js';

/** Creates the table of initial access tokens. */
export class ClientRegistryInitialAccessTokens1764940000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryInitialAccessTokens1764940000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise } = dialectOf(runner.dataSource);
    const text = (length: number) => `varchar(${length})${bytewise}`;
    const statements = [
      `CREATE TABLE ${table(InitialAccessToken)} (
        "id" ${text(36)} NOT NULL,
        "label" varchar(255) NOT NULL,
        "policy" ${text(64)} NOT NULL,
        "owner" ${text(512)} NOT NULL,
        "digest" ${text(64)} NOT NULL,
        "created_at" ${text(24)} NOT NULL,
        "created_by" text NOT NULL,
        "expires_at" bigint NOT NULL,
        "max_uses" integer NOT NULL,
        "uses" integer NOT NULL,
        "last_used_at" ${text(24)},
        CONSTRAINT ${part('oauth2_client_initial_token_pkey')} PRIMARY KEY ("id")
      )`,
      `CREATE UNIQUE INDEX ${part('oauth2_client_initial_token_key')} ON ${table(InitialAccessToken)} ("digest")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${registryNames(runner).table(InitialAccessToken)}`);
  }
}
