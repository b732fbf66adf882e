import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dialectOf } from '../../database/dialects.js';
import { registryNames } from '../../schema/migrations/registry-names.js';
import { ProviderArtifact } from './provider-artifact.entity.js';

/** Creates the table of the provider's artifacts. */
export class OidcProviderCreateArtifacts1764900000000 implements MigrationInterface {
  readonly name: string = 'OidcProviderCreateArtifacts1764900000000';

  async up(runner: QueryRunner): Promise<void> {
    const { schema, table, part } = registryNames(runner, ProviderArtifact, 'providerStoreEntities');
    if (schema && !(await runner.hasSchema(schema))) await runner.createSchema(schema);
    const { bytewise } = dialectOf(runner.dataSource);
    const artifact = table(ProviderArtifact);
    const statements = [
      `CREATE TABLE ${artifact} (
        "id" varchar(43)${bytewise} NOT NULL,
        "model" varchar(64)${bytewise} NOT NULL,
        "payload" text NOT NULL,
        "grant_id" varchar(255)${bytewise},
        "uid" varchar(255)${bytewise},
        "user_code" varchar(255)${bytewise},
        "consumed_at" bigint,
        "expires_at" bigint,
        CONSTRAINT ${part('oidc_provider_artifact_pkey')} PRIMARY KEY ("id")
      )`,
      // Most artifacts are access tokens of machines, which none of the partial indexes contains.
      ...['grant_id', 'uid', 'user_code'].map(
        (column) =>
          `CREATE INDEX ${part(`oidc_provider_artifact_${column}`)} ON ${artifact} ("${column}") WHERE "${column}" IS NOT NULL`,
      ),
      `CREATE INDEX ${part('oidc_provider_artifact_expires_at')} ON ${artifact} ("expires_at")`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner, ProviderArtifact, 'providerStoreEntities');
    await runner.query(`DROP TABLE ${table(ProviderArtifact)}`);
  }
}
