import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the tables of the shop itself. */
export class CreateShop1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.dataSource.options.type === 'postgres';
    const id = isPostgres ? '"id" serial PRIMARY KEY' : '"id" integer PRIMARY KEY AUTOINCREMENT NOT NULL';
    await runner.query(`CREATE TABLE "shop_order" (${id}, "article" varchar NOT NULL, "quantity" integer NOT NULL)`);
    await runner.query(
      'CREATE TABLE "shop_partner" ("name" varchar PRIMARY KEY NOT NULL, "client_id" varchar NOT NULL)',
    );
    await runner.query(
      `CREATE TABLE "shop_audit_entry" (${id}, "registry" varchar NOT NULL, "event" varchar NOT NULL, "client_id" varchar NOT NULL, "version" integer NOT NULL, "document" text NOT NULL)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['shop_audit_entry', 'shop_partner', 'shop_order']) await runner.query(`DROP TABLE "${table}"`);
  }
}
