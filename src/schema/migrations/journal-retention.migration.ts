import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../../database/dialects.js';
import { JournalGap } from '../../journal/table/journal-gap.entity.js';
import { JournalHead } from '../../journal/table/journal-head.entity.js';
import { registryNames } from './registry-names.js';

/** Adds the pruning of the journal: the gaps that it leaves, and how far it has come. */
export class ClientRegistryJournalRetention1764860000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryJournalRetention1764860000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise } = dialectOf(runner.dataSource);
    const gap = table(JournalGap);
    const statements = [
      `ALTER TABLE ${table(JournalHead)} ADD COLUMN "pruned_to" bigint NOT NULL DEFAULT 0`,
      `CREATE TABLE ${gap} (
        "last" bigint NOT NULL,
        "first" bigint NOT NULL,
        "before" varchar(64) NOT NULL,
        "seal" varchar(64) NOT NULL,
        "pruned_at" varchar(24)${bytewise} NOT NULL,
        "proof" varchar(64) NOT NULL,
        CONSTRAINT ${part('oauth2_client_journal_gap_pkey')} PRIMARY KEY ("last")
      )`,
      `CREATE INDEX ${part('oauth2_client_journal_gap_first')} ON ${gap} ("first")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    await runner.query(`DROP TABLE ${table(JournalGap)}`);
    await runner.query(`ALTER TABLE ${table(JournalHead)} DROP COLUMN "pruned_to"`);
  }
}
