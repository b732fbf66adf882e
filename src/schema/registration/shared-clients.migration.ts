import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Client } from '../../clients/store/client.entity.js';
import { dialectOf } from '../../database/dialects.js';
import { SharedClient } from '../../registration/reuse/shared-client.entity.js';
import { registryNames } from '../migrations/registry-names.js';

/** Creates the table of clients that several equal registrations share. */
export class ClientRegistrySharedClients1764980000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistrySharedClients1764980000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const { bytewise } = dialectOf(runner.dataSource);
    const text = (length: number) => `varchar(${length})${bytewise}`;
    const statements = [
      `CREATE TABLE ${table(SharedClient)} (
        "digest" ${text(64)} NOT NULL,
        "client_id" ${text(255)} NOT NULL,
        "created_at" ${text(24)} NOT NULL,
        CONSTRAINT ${part('oauth2_client_shared_client_id_fkey')} FOREIGN KEY ("client_id") REFERENCES ${table(Client)} ("id") ON DELETE CASCADE ON UPDATE NO ACTION,
        CONSTRAINT ${part('oauth2_client_shared_pkey')} PRIMARY KEY ("digest")
      )`,
      `CREATE INDEX ${part('oauth2_client_shared_client_id')} ON ${table(SharedClient)} ("client_id")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${registryNames(runner).table(SharedClient)}`);
  }
}
