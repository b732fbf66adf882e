import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { registryNames } from './registry-names.js';

/** Adds the label of a secret, and the version of the client that added it, which orders secrets. */
export class ClientRegistryNameSecrets1764500000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryNameSecrets1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    const secrets = registryNames(runner).table(ClientSecret);
    // Before this migration a client had one secret, issued with its first version.
    await runner.query(`ALTER TABLE ${secrets} ADD COLUMN "client_version" integer NOT NULL DEFAULT 1`);
    await runner.query(`ALTER TABLE ${secrets} ADD COLUMN "label" varchar(1024)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const secrets = registryNames(runner).table(ClientSecret);
    for (const column of ['label', 'client_version'])
      await runner.query(`ALTER TABLE ${secrets} DROP COLUMN "${column}"`);
  }
}
