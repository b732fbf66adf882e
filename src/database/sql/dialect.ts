import type { DataSourceOptions, QueryRunner } from 'typeorm';

/** Bounds of the connections to a database server; a database in a file has none. */
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

/** What differs between the databases. Code that writes SQL asks here, and never compares the type of a database. */
export interface Dialect {
  /** `type` of the DataSources that speak it. */
  type: DataSourceOptions['type'];
  /**
   * How TypeORM connects to the database that a URL names; `undefined` for a URL of another database.
   *
   * @param limits of the connections; those that the URL names come before them. Default those of the driver
   * @throws Error when a parameter of the URL is wrong, or when the driver is not installed
   */
  connectionOf: (url: string, limits?: ConnectionLimits) => DataSourceOptions | undefined;
  /**
   * Where the database of a URL is, for people, without what may be secret; `undefined` for a URL of another database.
   *
   * @throws Error that says what is wrong with the URL, without repeating what may be secret
   */
  placeOf: (url: string) => string | undefined;
  /**
   * Copies the database that a URL names as it is at one moment, while others use it.
   *
   * @param file an empty file, which becomes a database
   * @returns false when the database has a tool of its own for it; `undefined` for a URL of another database
   * @throws Error when there is no such database, or when it cannot be copied
   */
  backUp: (url: string, file: string) => boolean | undefined;
  /** Placeholder of the value at 1-based `position`. */
  parameter: (position: number) => string;
  /** For FROM: the entries of a JSON array, each as the column `value` of `item`, which `->` and `->>` read. */
  rowsOf: (json: string) => string;
  /**
   * For SELECT: all rows as one text, a JSON array of objects; `[]` when there is none.
   *
   * @param members name of each member, and the expression of its value
   */
  objectsOf: (members: readonly (readonly [name: string, value: string])[]) => string;
  /** Query of one column, `name`: the entries of a JSON array of texts. */
  textsOf: (json: string, name: string) => string;
  /**
   * For a comparison: any entry of the array that `placeholder` stands for. Absent where a statement costs no round trip, so
   * that reads gain nothing from sharing one.
   */
  anyOf?: (placeholder: string) => string;
  /**
   * At the end of a SELECT: locks the rows of the table with this alias that it returns, and leaves out those that another transaction
   * has locked. `''` where there is one writer.
   */
  skipLocked: (alias: string) => string;
  /**
   * For SELECT: takes a lock with the name that a placeholder stands for, until the end of the transaction. Absent where there is one
   * writer, which a transaction that writes is already.
   */
  lockName?: (placeholder: string) => string;
  /** For SELECT: about how many rows a table has, quoted: for large ones, and not for every request. */
  rowsAbout: (table: string) => string;
  /** For a column's declaration: it is compared and ordered by its bytes. `''` where that is the default. */
  bytewise: string;
  /** For a table's declaration: a column, quoted, that numbers the rows by itself, and is the primary key, which has this quoted name where keys are named. */
  numberedKey: (column: string, key: string) => string;
  /** Can one statement write several tables and see through RETURNING whether the first was written? */
  writesAtOnce: boolean;
  /** Does it keep statistics from which it chooses where a list begins? Without them the registry chooses. */
  plansByItself: boolean;
  /** Does an error say that the database cannot answer now, whatever it was asked? */
  isTrouble: (error: Error) => boolean;
  /** Does it answer the COMMIT of a transaction in which a statement failed with a rollback and no error? */
  hidesRollback: boolean;
  /**
   * Begins the transaction of `runner` in which migrations run. Of several processes that call it at once one begins; the
   * others wait for the end of its transaction.
   *
   * @param waiting is called once, when another process is known to migrate
   */
  beginMigrations: (runner: QueryRunner, waiting: () => void) => Promise<void>;
  /**
   * Where TypeORM has one connection for everything: takes the lock of the database's one writer, in the transaction that
   * `runner` has begun. Transactions then run one after the other.
   *
   * @param table quoted name of a table of the registry
   */
  lockForWriting?: (runner: QueryRunner, table: string) => Promise<void>;
}

/** Arguments of the SQL function that makes a JSON object: name, value, name, value. */
export function pairsOf(members: readonly (readonly [name: string, value: string])[]): string {
  return members.map(([name, value]) => `'${name}', ${value}`).join(', ');
}

/** Builds one statement: numbers its placeholders, and keeps what they stand for. */
export class Sql<T = unknown> {
  /** What the placeholders stand for, in their order: values, or names by which values are given later. */
  readonly values: T[] = [];

  constructor(readonly dialect: Dialect) {}

  /** Placeholder of the next value. */
  value(value: T): string {
    this.values.push(value);
    return this.dialect.parameter(this.values.length);
  }
}
