import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../../database/dialects.js';
import { ChangeTerm } from '../../journal/table/change-term.entity.js';
import { ClientChange } from '../../journal/table/client-change.entity.js';
import { JournalHead } from '../../journal/table/journal-head.entity.js';
import { registryNames } from './registry-names.js';

/** Creates the journal. Older releases must not run alongside it: they would change clients without a row in the journal. */
export class ClientRegistryBreakingJournal1764700000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryBreakingJournal1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise, numberedKey, plansByItself } = dialectOf(runner.dataSource);
    const text = (length: number) => `varchar(${length})${bytewise}`;
    const change = table(ClientChange);
    const statements = [
      `CREATE TABLE ${change} (
        ${numberedKey('"seq"', part('oauth2_client_change_pkey'))},
        "id" varchar(36) NOT NULL,
        "client_id" ${text(255)} NOT NULL,
        "tag" varchar(16) NOT NULL,
        "version" integer NOT NULL,
        "owner" ${text(512)} NOT NULL,
        "at" ${text(24)} NOT NULL,
        "kinds" text NOT NULL,
        "document" text NOT NULL,
        "secrets" text NOT NULL,
        "actor" text NOT NULL,
        "members" text NOT NULL,
        "position" bigint,
        "sealed_at" ${text(24)},
        "seal" varchar(64)
      )`,
      `CREATE INDEX ${part('oauth2_client_change_client_id')} ON ${change} ("client_id", "seq")`,
      // The indexes of sealed changes contain only sealed changes, so that the insert of a change does not update them.
      `CREATE INDEX ${part('oauth2_client_change_unsealed')} ON ${change} ("seq") WHERE "position" IS NULL`,
      `CREATE UNIQUE INDEX ${part('oauth2_client_change_position')} ON ${change} ("position") WHERE "position" IS NOT NULL`,
      `CREATE INDEX ${part('oauth2_client_change_sealed_at')} ON ${change} ("sealed_at", "position") WHERE "position" IS NOT NULL`,
      `CREATE TABLE ${table(ChangeTerm)} (
        "kind" ${text(16)} NOT NULL,
        "value" ${text(512)} NOT NULL,
        "position" bigint NOT NULL,
        CONSTRAINT ${part('oauth2_client_change_term_pkey')} PRIMARY KEY ("kind", "value", "position")
      )`,
      `CREATE TABLE ${table(JournalHead)} (
        "id" integer NOT NULL,
        "position" bigint NOT NULL,
        "seal" varchar(64) NOT NULL,
        "sealed_at" ${text(24)} NOT NULL,
        CONSTRAINT ${part('oauth2_client_journal_head_pkey')} PRIMARY KEY ("id")
      )`,
      `INSERT INTO ${table(JournalHead)} ("id", "position", "seal", "sealed_at") VALUES (1, 0, '', '')`,
    ];
    for (const statement of statements) await runner.query(statement);
    if (plansByItself) await this.countTerms(runner);
  }

  /** As `ClientRegistryTermStatistics` does: PostgreSQL then reads a page of changes in the order of the terms, instead of sorting all matches. */
  private async countTerms(runner: QueryRunner): Promise<void> {
    const { schema, part, table } = registryNames(runner);
    const name = part('oauth2_client_change_term_kind_value');
    const statistics = schema ? `${runner.dataSource.driver.escape(schema)}.${name}` : name;
    await runner.query(
      `CREATE STATISTICS ${statistics} (mcv, dependencies) ON "kind", "value" FROM ${table(ChangeTerm)}`,
    );
    // There are many clients and actors: PostgreSQL counts more of them individually than by default.
    await runner.query(`ALTER STATISTICS ${statistics} SET STATISTICS 1000`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    for (const entity of [JournalHead, ChangeTerm, ClientChange]) await runner.query(`DROP TABLE ${table(entity)}`);
  }
}
