import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Secrets get a label, and their order from the version of the client that each came with. */
export class ClientRegistryNameSecrets1764500000000 implements MigrationInterface {
  readonly name = 'ClientRegistryNameSecrets1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    // Until now a client has had one secret, made with its first version.
    await runner.query(`ALTER TABLE "oauth2_client_secret" ADD COLUMN "client_version" integer NOT NULL DEFAULT 1`);
    await runner.query(`ALTER TABLE "oauth2_client_secret" ADD COLUMN "label" varchar(1024)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['label', 'client_version'])
      await runner.query(`ALTER TABLE "oauth2_client_secret" DROP COLUMN "${column}"`);
  }
}
