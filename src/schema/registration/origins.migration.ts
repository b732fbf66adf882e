import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Client } from '../../clients/store/client.entity.js';
import { Tombstone } from '../../clients/store/tombstone.entity.js';
import { registryNames } from '../migrations/registry-names.js';

/**
 * Stores where clients come from, and the registration access token before the current one. Older releases must not run alongside it: they
 * would lose a client's origin when they remove the client.
 */
export class ClientRegistryBreakingOrigins1764910000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryBreakingOrigins1764910000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    await runner.query(`ALTER TABLE ${table(Client)} ADD COLUMN "former_token" text`);
    for (const entity of [Client, Tombstone])
      await runner.query(`ALTER TABLE ${table(entity)} ADD COLUMN "registered_via" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    for (const entity of [Tombstone, Client])
      await runner.query(`ALTER TABLE ${table(entity)} DROP COLUMN "registered_via"`);
    await runner.query(`ALTER TABLE ${table(Client)} DROP COLUMN "former_token"`);
  }
}
