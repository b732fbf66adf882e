import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { registryNames } from '../registry-names.js';

/** Secrets get a label, and their order from the version of the client that each came with. */
export class ClientRegistryNameSecrets1764500000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryNameSecrets1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    const secrets = registryNames(runner).table(ClientSecret);
    // Until now a client has had one secret, made with its first version.
    await runner.query(`ALTER TABLE ${secrets} ADD COLUMN "client_version" integer NOT NULL DEFAULT 1`);
    await runner.query(`ALTER TABLE ${secrets} ADD COLUMN "label" varchar(1024)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const secrets = registryNames(runner).table(ClientSecret);
    for (const column of ['label', 'client_version'])
      await runner.query(`ALTER TABLE ${secrets} DROP COLUMN "${column}"`);
  }
}
