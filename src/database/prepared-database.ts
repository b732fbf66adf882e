import type { OnModuleDestroy } from '@nestjs/common';
import type { DataSource, ObjectLiteral, EntityTarget } from 'typeorm';

/** One statement with its values. The name is its identity for the server's cache of plans. */
export interface Query {
  name: string;
  text: string;
  values: readonly unknown[];
}

/**
 * The few statements that every request needs, prepared once and run without the detour through entities.
 * TypeORM owns tables, migrations and the pool; this is only the short way to the same database.
 */
export abstract class PreparedDatabase implements OnModuleDestroy {
  abstract readonly dialect: 'postgres' | 'sqlite';

  constructor(protected readonly dataSource: DataSource) {}

  /** Placeholder of the value at 1-based `position`. */
  abstract parameter(position: number): string;

  /** The first row, as it is committed; never that of an open transaction. */
  abstract row<Row extends object>(query: Query): Promise<Row | undefined>;

  /** All rows, as {@link row}. */
  abstract rows<Row extends object>(query: Query): Promise<Row[]>;

  /**
   * Runs all queries or none. When the first one touches no row, nothing is written.
   *
   * @returns whether it was written
   */
  abstract change(queries: readonly [Query, ...Query[]]): Promise<boolean>;

  /** Ends what was opened beside the DataSource. */
  abstract onModuleDestroy(): void;

  /** Quoted name of an entity's table, with its schema. */
  table(entity: EntityTarget<ObjectLiteral>): string {
    return this.dataSource
      .getMetadata(entity)
      .tablePath.split('.')
      .map((part) => this.dataSource.driver.escape(part))
      .join('.');
  }

  /** Column names of an entity, quoted. */
  columns(entity: EntityTarget<ObjectLiteral>): string {
    const { columns } = this.dataSource.getMetadata(entity);
    return columns.map(({ databaseName }) => this.dataSource.driver.escape(databaseName)).join(', ');
  }

  /** Typed placeholders for one row of an entity, the first at position `from`. */
  parameters(entity: EntityTarget<ObjectLiteral>, from = 1): string {
    const { columns } = this.dataSource.getMetadata(entity);
    const typed = columns.map(
      (column, index) => `CAST(${this.parameter(from + index)} AS ${this.dataSource.driver.normalizeType(column)})`,
    );
    return typed.join(', ');
  }

  /** The values of one row, in the order of {@link columns}. */
  values(entity: EntityTarget<ObjectLiteral>, row: object): unknown[] {
    return this.dataSource.getMetadata(entity).columns.map((column) => column.getEntityValue(row) as unknown);
  }
}
