import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ClientTerm } from '../../clients/store/client-term.entity.js';
import { dialectOf } from '../../database/dialects.js';
import { registryNames } from './registry-names.js';

/**
 * Makes PostgreSQL count how many terms have a kind and a value together. From statistics of the single columns it concludes that a
 * broad filter has few matches, and sorts all of them instead of reading in the order of the list.
 */
export class ClientRegistryTermStatistics1764600000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryTermStatistics1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    if (!dialectOf(runner.dataSource).plansByItself) return;
    const terms = registryNames(runner).table(ClientTerm);
    await runner.query(`CREATE STATISTICS ${statistics(runner)} (mcv, dependencies) ON "kind", "value" FROM ${terms}`);
    await runner.query(`ANALYZE ${terms}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (!dialectOf(runner.dataSource).plansByItself) return;
    await runner.query(`DROP STATISTICS ${statistics(runner)}`);
  }
}

/** Returns the quoted name of the statistics, in the schema of the tables. */
function statistics(runner: QueryRunner): string {
  const { schema, part } = registryNames(runner);
  const name = part('oauth2_client_term_kind_value');
  return schema ? `${runner.dataSource.driver.escape(schema)}.${name}` : name;
}
