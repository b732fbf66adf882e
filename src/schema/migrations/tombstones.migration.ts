import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Tombstone } from '../../clients/store/tombstone.entity.js';
import { dialectOf } from '../../database/dialects.js';
import { registryNames } from './registry-names.js';

/** Creates the table of removed clients. Older releases must not run alongside it: they would remove clients without adding a row. */
export class ClientRegistryBreakingTombstones1764840000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryBreakingTombstones1764840000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise, numberedKey } = dialectOf(runner.dataSource);
    const text = (length: number) => `varchar(${length})${bytewise}`;
    const tombstone = table(Tombstone);
    const statements = [
      `CREATE TABLE ${tombstone} (
        ${numberedKey('"seq"', part('oauth2_client_tombstone_pkey'))},
        "client_id" ${text(255)} NOT NULL,
        "tag" varchar(16) NOT NULL,
        "version" integer NOT NULL,
        "owner" ${text(512)} NOT NULL,
        "document" text NOT NULL,
        "suspended" text,
        "secrets" text NOT NULL,
        "registration_token_digest" varchar(64) NOT NULL,
        "created_at" ${text(24)} NOT NULL,
        "deleted_at" ${text(24)} NOT NULL,
        "deleted_by" text NOT NULL
      )`,
      `CREATE INDEX ${part('oauth2_client_tombstone_client_id')} ON ${tombstone} ("client_id", "seq")`,
      `CREATE INDEX ${part('oauth2_client_tombstone_owner')} ON ${tombstone} ("owner", "seq")`,
      `CREATE INDEX ${part('oauth2_client_tombstone_deleted_at')} ON ${tombstone} ("deleted_at")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${registryNames(runner).table(Tombstone)}`);
  }
}
