import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FirstReport } from '../../clients/uses/first-report.entity.js';
import { dialectOf } from '../../database/dialects.js';
import { registryNames } from '../migrations/registry-names.js';

/**
 * Creates the table that records since when uses of clients are reported. It begins empty even where uses are stored already: they show
 * when clients were used, not since when all uses are reported. So the time runs from the first use that this release writes.
 */
export class ClientRegistryFirstReport1764970000000 implements MigrationInterface {
  readonly name: string = 'ClientRegistryFirstReport1764970000000';

  async up(runner: QueryRunner): Promise<void> {
    const { table, part } = registryNames(runner);
    await runner.query(`CREATE TABLE ${table(FirstReport)} (
        "id" integer NOT NULL,
        "reported_at" varchar(24)${dialectOf(runner.dataSource).bytewise} NOT NULL,
        CONSTRAINT ${part('oauth2_client_first_report_pkey')} PRIMARY KEY ("id")
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${registryNames(runner).table(FirstReport)}`);
  }
}
