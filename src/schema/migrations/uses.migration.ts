import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ClientUse } from '../../clients/uses/client-use.entity.js';
import { Client } from '../../clients/store/client.entity.js';
import { dialectOf } from '../../database/dialects.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { registryNames } from './registry-names.js';

/**
 * Creates the table of last uses, with a row for each client. Of earlier uses only those of secrets are known, so no client counts as
 * unused for longer than this table exists. Older releases must not run alongside it: they would create clients without a row in it.
 */
export class ClientRegistryBreakingUses1764890000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryBreakingUses1764890000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise, plansByItself } = dialectOf(runner.dataSource);
    const text = (length: number) => `varchar(${length})${bytewise}`;
    const [use, client] = [table(ClientUse), table(Client)];
    const statements = [
      `CREATE TABLE ${use} (
        "client_id" ${text(255)} NOT NULL,
        "last_used_at" ${text(24)},
        "unused_since" ${text(24)} NOT NULL,
        CONSTRAINT ${part('oauth2_client_use_client_id_fkey')} FOREIGN KEY ("client_id") REFERENCES ${client} ("id") ON DELETE CASCADE ON UPDATE NO ACTION,
        CONSTRAINT ${part('oauth2_client_use_pkey')} PRIMARY KEY ("client_id")
      )`,
      `INSERT INTO ${use} ("client_id", "last_used_at", "unused_since")
        SELECT client.id, max(secret.last_used_at), '${new Date().toISOString()}'
        FROM ${client} AS client LEFT JOIN ${table(ClientSecret)} AS secret ON secret.client_id = client.id GROUP BY client.id`,
      `CREATE INDEX ${part('oauth2_client_use_unused_since')} ON ${use} ("unused_since", "client_id")`,
    ];
    for (const statement of statements) await runner.query(statement);
    if (plansByItself) await runner.query(`ANALYZE ${use}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${registryNames(runner).table(ClientUse)}`);
  }
}
