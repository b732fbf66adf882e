import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UsedAssertion } from '../../authentication/assertion/used-assertion.entity.js';
import { dialectOf } from '../../database/dialects.js';
import { registryNames } from './registry-names.js';

/** Creates the table of used assertions. */
export class ClientRegistryAssertions1764880000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryAssertions1764880000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise } = dialectOf(runner.dataSource);
    const statements = [
      `CREATE TABLE ${table(UsedAssertion)} (
        "client_id" varchar(255)${bytewise} NOT NULL,
        "jti_digest" varchar(43)${bytewise} NOT NULL,
        "expires_at" bigint NOT NULL,
        CONSTRAINT ${part('oauth2_client_assertion_pkey')} PRIMARY KEY ("client_id", "jti_digest")
      )`,
      `CREATE INDEX ${part('oauth2_client_assertion_expires_at')} ON ${table(UsedAssertion)} ("expires_at")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${registryNames(runner).table(UsedAssertion)}`);
  }
}
