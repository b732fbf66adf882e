import type { OnApplicationShutdown } from '@nestjs/common';
import type { DataSource, ObjectLiteral, EntityTarget } from 'typeorm';

/** One statement with its values. */
export interface Query {
  /** Its identity for the cache of prepared statements; without one it is planned anew, for the values that it has. */
  name?: string;
  text: string;
  values: readonly unknown[];
}

/** A column of an entity as statements need it. */
export interface EntityColumn {
  /** Quoted. */
  name: string;
  /** In the words of the dialect. */
  type: string;
  /** Member of the entity that holds its value. */
  property: string;
  /** Read by nobody but who names it: hashes and digests. */
  isHidden: boolean;
}

/** Where statements run: on the database, or within a transaction of it. */
export interface Session {
  /** The first row, as it is committed; never that of another open transaction. */
  row<Row extends object>(query: Query): Promise<Row | undefined>;

  /** All rows, as {@link row}. */
  rows<Row extends object>(query: Query): Promise<Row[]>;

  /**
   * Runs all queries or none. When the first one touches no row, nothing is written.
   *
   * @returns whether it was written
   */
  change(queries: readonly [Query, ...Query[]]): Promise<boolean>;
}

/**
 * The few statements that every request needs, prepared once and run without the detour through entities.
 * TypeORM owns tables, migrations and the pool; this is only the short way to the same database.
 */
export abstract class PreparedDatabase implements Session, OnApplicationShutdown {
  abstract readonly dialect: 'postgres' | 'sqlite';

  private readonly known = new Map<EntityTarget<ObjectLiteral>, readonly EntityColumn[]>();

  constructor(protected readonly dataSource: DataSource) {}

  /** Placeholder of the value at 1-based `position`. */
  abstract parameter(position: number): string;

  abstract row<Row extends object>(query: Query): Promise<Row | undefined>;
  abstract rows<Row extends object>(query: Query): Promise<Row[]>;
  abstract change(queries: readonly [Query, ...Query[]]): Promise<boolean>;

  /**
   * Does `work` while nobody else can write what `lock` selects. It may read, and it may change once, at its end.
   *
   * @param lock selects the rows to lock; where a database locks as a whole, it does that
   */
  abstract exclusively<T>(lock: Query, work: (session: Session) => Promise<T>): Promise<T>;

  /** Ends what was opened beside the DataSource, when the last request has been answered. */
  abstract onApplicationShutdown(): void | Promise<void>;

  /** Quoted name of an entity's table, with its schema. */
  table(entity: EntityTarget<ObjectLiteral>): string {
    return this.dataSource
      .getMetadata(entity)
      .tablePath.split('.')
      .map((part) => this.dataSource.driver.escape(part))
      .join('.');
  }

  /** The columns of an entity, in the order of its declaration. */
  columns(entity: EntityTarget<ObjectLiteral>): readonly EntityColumn[] {
    const known = this.known.get(entity) ?? this.readColumns(entity);
    this.known.set(entity, known);
    return known;
  }

  private readColumns(entity: EntityTarget<ObjectLiteral>): EntityColumn[] {
    return this.dataSource.getMetadata(entity).columns.map((column) => ({
      name: this.dataSource.driver.escape(column.databaseName),
      type: this.dataSource.driver.normalizeType(column),
      property: column.propertyName,
      isHidden: !column.isSelect,
    }));
  }
}
