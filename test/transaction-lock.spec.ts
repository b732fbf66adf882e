import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import libsql from 'libsql';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { SQLITE } from './support/databases.js';

/** Declared before the registry is loaded, so that TypeORM knows it first. */
@Entity({ name: 'report' })
class Report {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  @Column({ type: 'varchar' })
  title!: string;
}

const { clientRegistryEntities, runInTransaction } = await import('../src/index.js');
const { dataSourceOptions } = await import('../src/schema/data-source-options.js');

describe('runInTransaction on SQLite', () => {
  it('locks the file that the registry is in, whatever the other entities of the DataSource are', async () => {
    await using database = await SQLITE.open();
    const dataSource = await new DataSource({
      ...dataSourceOptions(database.url, true),
      entities: [Report, ...clientRegistryEntities],
    }).initialize();
    // An entity may stand for a view, which nobody can write.
    await dataSource.query(`CREATE VIEW report AS SELECT 'a' AS id, 'A' AS title`);
    const other = new libsql(database.url.slice('sqlite:'.length));
    const titles = await runInTransaction(dataSource, async (manager) => {
      expect(() => other.exec('BEGIN IMMEDIATE')).toThrow(/locked/);
      return (await manager.find(Report)).map(({ title }) => title);
    });
    expect(titles).toEqual(['A']);
    other.close();
    await dataSource.destroy();
  });
});
