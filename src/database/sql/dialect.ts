import type { DataSourceOptions, QueryRunner } from 'typeorm';

/** Limits of the connections to a database server; they do not apply to a database in a file. */
export interface ConnectionLimits {
  /** Most connections of the pool. */
  poolSize: number;
  /** Longest wait for a connection, new or from the pool, in milliseconds. */
  connectTimeout: number;
  /** Longest time of one statement, in milliseconds; 0 for no limit, whatever the URL says. */
  statementTimeout: number;
  /** Longest wait of one statement for a lock that another transaction holds, in milliseconds. */
  lockTimeout: number;
}

/** The differences between the databases. Code that writes SQL uses this, and never compares the type of a database. */
export interface Dialect {
  /** `type` of the DataSources that use this dialect. */
  type: DataSourceOptions['type'];
  /**
   * Returns TypeORM's options for the database that a URL names; `undefined` for a URL of another database.
   *
   * @param limits of the connections; limits in the URL take precedence. Default: the driver's
   * @throws Error when a parameter of the URL is wrong, or when the driver is not installed
   */
  connectionOf: (url: string, limits?: ConnectionLimits) => DataSourceOptions | undefined;
  /**
   * Returns the place of the database that a URL names, for people, without parts that may be secret; `undefined` for a URL of another database.
   *
   * @throws Error that says what is wrong with the URL, without repeating parts that may be secret
   */
  placeOf: (url: string) => string | undefined;
  /**
   * Copies a consistent snapshot of the database that a URL names, while others use it.
   *
   * @param file an empty file, which becomes a database
   * @returns false when the database has a backup tool of its own; `undefined` for a URL of another database
   * @throws Error when there is no such database, or when it cannot be copied
   */
  backUp: (url: string, file: string) => boolean | undefined;
  /** Placeholder of the value at 1-based `position`. */
  parameter: (position: number) => string;
  /** For FROM: the entries of a JSON array, each as the column `value` of `item`, to which `->` and `->>` apply. */
  rowsOf: (json: string) => string;
  /**
   * For SELECT: all rows as one text, a JSON array of objects; `[]` when there is no row.
   *
   * @param members name of each member, and the expression of its value
   */
  objectsOf: (members: readonly (readonly [name: string, value: string])[]) => string;
  /**
   * For SELECT: the values of an expression in all rows as one text, each on a line; NULL when there is no row. No value may contain a line
   * break. It costs less than JSON.
   */
  linesOf: (value: string) => string;
  /** A query that returns the entries of a JSON array of texts, in one column called `name`. */
  textsOf: (json: string, name: string) => string;
  /** Whether a statement costs a round trip, so that reads gain from sharing one. */
  isRemote: boolean;
  /**
   * For the end of a SELECT: locks the returned rows of the table with this alias, and skips rows that another transaction has
   * locked. `''` where the database has a single writer.
   */
  skipLocked: (alias: string) => string;
  /**
   * For SELECT: acquires a lock with the name that a placeholder stands for, until the end of the transaction. Absent where the database
   * has a single writer: a transaction that writes excludes all others already.
   */
  lockName?: (placeholder: string) => string;
  /** For SELECT: the approximate number of rows of a quoted table; meant for large tables, and too slow for every request. */
  rowsAbout: (table: string) => string;
  /** For a column's declaration: compares and orders the column by its bytes. `''` where that is the default. */
  bytewise: string;
  /** For a table's declaration: a quoted, self-incrementing primary key column; `key` is the quoted name of the key where the database names keys. */
  numberedKey: (column: string, key: string) => string;
  /** Whether one statement can write several tables, and see through RETURNING whether it wrote the first. */
  writesAtOnce: boolean;
  /** Whether the database has statistics to choose the condition or order that a list starts from. Without them the registry chooses. */
  plansByItself: boolean;
  /** Whether an error means that the database cannot answer now, whatever the statement. */
  isTrouble: (error: Error) => boolean;
  /** Whether COMMIT rolls back without an error when a statement of the transaction has failed. */
  hidesRollback: boolean;
  /**
   * Begins the transaction of `runner` in which migrations run. When several processes call this at the same time, one begins, and the
   * others wait for the end of its transaction.
   *
   * @param waiting called once, when another process is known to migrate
   */
  beginMigrations: (runner: QueryRunner, waiting: () => void) => Promise<void>;
  /**
   * Takes the database's write lock in the transaction that `runner` has begun; transactions then run one after the other. Present
   * where TypeORM has a single connection.
   *
   * @param table quoted name of a table of the registry
   */
  lockForWriting?: (runner: QueryRunner, table: string) => Promise<void>;
}

/** Returns the arguments of the SQL function that makes a JSON object: name, value, name, value. */
export function pairsOf(members: readonly (readonly [name: string, value: string])[]): string {
  return members.map(([name, value]) => `'${name}', ${value}`).join(', ');
}

/** Builds one statement: numbers its placeholders, and collects their values. */
export class Sql<T = unknown> {
  /** What the placeholders stand for, in their order: values, or names of values that are given later. */
  readonly values: T[] = [];

  constructor(readonly dialect: Dialect) {}

  /** Adds a value and returns its placeholder. */
  value(value: T): string {
    this.values.push(value);
    return this.dialect.parameter(this.values.length);
  }
}
