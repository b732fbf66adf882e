import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { registryNames } from './registry-names.js';

/** Adds the index of secrets that expire, in the order of their expiry. */
export class ClientRegistrySecretEnds1764900000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistrySecretEnds1764900000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    const index = part('oauth2_client_secret_expires_at');
    await runner.query(`CREATE INDEX ${index} ON ${table(ClientSecret)} ("expires_at", "id") WHERE "expires_at" > 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { schema, part } = registryNames(runner);
    const index = part('oauth2_client_secret_expires_at');
    await runner.query(`DROP INDEX ${schema ? `${runner.dataSource.driver.escape(schema)}.` : ''}${index}`);
  }
}
