import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Client } from '../../clients/store/client.entity.js';
import { registryNames } from './registry-names.js';

/**
 * Adds the suspension of clients. Older releases must not run alongside it: they would let suspended clients authenticate, and lose the
 * suspension with the next change.
 */
export class ClientRegistryBreakingLifeCycle1764820000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryBreakingLifeCycle1764820000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    await runner.query(`ALTER TABLE ${table(Client)} ADD COLUMN "suspended" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { table } = registryNames(runner);
    await runner.query(`ALTER TABLE ${table(Client)} DROP COLUMN "suspended"`);
  }
}
