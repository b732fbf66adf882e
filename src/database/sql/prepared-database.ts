import { createHash } from 'node:crypto';
import type { OnApplicationShutdown } from '@nestjs/common';
import {
  QueryFailedError,
  type DataSource,
  type EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  type QueryRunner,
} from 'typeorm';
import type { Dialect } from './dialect.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { codeOf } from './unavailable.js';
import { quotedTable } from './entity-tables.js';

/** One statement with its values. */
export interface Query {
  /** Name under which each connection prepares it once. Without a name, the database plans it each time, for its values. */
  name?: string;
  text: string;
  values: readonly unknown[];
  /** The same change for several rows, see {@link SeveralRows}. Absent when the query cannot share a statement. */
  several?: SeveralRows | undefined;
}

/** A statement that writes several rows, each as a {@link Query} writes one. */
export interface SeveralRows {
  name: string;
  /** Takes a list of texts in place of each value, and returns, as `id`, the keys of the rows that it wrote. */
  text: string;
  /** Index of the key among the values. */
  key: number;
}

/** Prefix of every statement name, and number of digits of the digest at its end. */
const PREFIX = 'oauth2_client_';
const DIGITS = 16;

/**
 * Returns the name of a prepared statement. It contains a digest of the text, tables included: a pooler may hand a connection to another
 * registry, where the same name must never stand for another statement.
 *
 * @param label what the statement does, for people who look at the server
 */
export function statementName(label: string, text: string): string {
  return `${PREFIX}${label}_${createHash('sha256').update(text).digest('hex').slice(0, DIGITS)}`;
}

/** Returns what a statement does, in one word: its label, or the first word of its text. */
export function labelOf({ name, text }: Query): string {
  return name === undefined ? (/\w+/.exec(text)?.[0] ?? '').toUpperCase() : name.slice(PREFIX.length, -DIGITS - 1);
}

/** A column of an entity, as statements use it. */
export interface EntityColumn {
  /** Quoted. */
  name: string;
  /** In the spelling of the database. */
  type: string;
  /** Property of the entity that holds its value. */
  property: string;
  /** Excluded from ordinary reads; only a statement that names it selects it (hashes, digests). */
  isHidden: boolean;
}

/** Use of a pool, in numbers of connections. */
export interface Connections {
  used: number;
  idle: number;
  /** Number of callers that wait for a connection. */
  waiting: number;
}

/** SQLSTATE of a missing privilege. */
const DENIED = '42501';

/** How to create the registry's own tables, for errors. */
const MEND =
  "run oauth2-client-registry migrate for the service; in an application, dataSource.runMigrations() with ...clientRegistryMigrations among the DataSource's migrations";

/** Runs statements on the database, or within a transaction. */
export interface Executor {
  /** Returns the first row; never sees uncommitted changes of another transaction. */
  row<Row extends object>(query: Query): Promise<Row | undefined>;

  /** Returns all rows, otherwise as {@link row}. */
  rows<Row extends object>(query: Query): Promise<Row[]>;

  /**
   * Runs all queries or none. When the first query writes no row, nothing is written.
   *
   * @param lost selects a row if another transaction intervened between the first query's read and its write. The transaction has then
   * lost a race, and nothing is written. Default: no such check
   * @returns whether the change was written
   */
  change(queries: readonly [Query, ...Query[]], lost?: Query): Promise<boolean>;
}

/** The reading part of an {@link Executor}. */
export type Reader = Pick<Executor, 'row' | 'rows'>;

/** A moment at which the database is read. */
export interface ReadMoment {
  /** Two moments have the same state only if nothing was committed between them. */
  state: number;
  /** Reads what was committed by that moment, or later. */
  reader: Reader;
}

/** Returns the query runner of a manager whose transaction is open; otherwise `undefined`. */
export function openTransactionOf(manager?: EntityManager): QueryRunner | undefined {
  const runner = manager?.queryRunner;
  return runner?.isTransactionActive ? runner : undefined;
}

/**
 * Wraps an executor for a host's transaction: its errors surface as `QueryFailedError`, like those of the host's own statements, so
 * that retry code recognises them. The values are left out: they may be hashes, and errors are logged.
 */
function failingAsTypeOrm(executor: Executor): Executor {
  const failing = <T>(done: Promise<T>, { text }: Query): Promise<T> =>
    done.catch((error: Error) => {
      throw new QueryFailedError(text, undefined, error);
    });
  return {
    row: <Row extends object>(query: Query) => failing(executor.row<Row>(query), query),
    rows: <Row extends object>(query: Query) => failing(executor.rows<Row>(query), query),
    change: (queries, lost) => failing(executor.change(queries, lost), queries[0]),
  };
}

/**
 * Runs prepared statements, bypassing TypeORM's entities. TypeORM still owns the tables, the migrations and the pool. See
 * docs/decisions/0002-prepared-statements.md.
 */
export abstract class PreparedDatabase implements Executor, OnApplicationShutdown {
  /** The dialect of this database. */
  abstract readonly dialect: Dialect;

  /**
   * Waits for the next moment at which the database is read. Absent where the database does not report whether anything was committed since.
   *
   * @throws OAuthError 503 when the database cannot answer
   */
  nextMoment?(): Promise<ReadMoment>;

  private readonly known = new Map<EntityTarget<ObjectLiteral>, readonly EntityColumn[]>();

  /**
   * @param dataSource an initialised DataSource
   * @param name the host's name for it; `undefined` for the unnamed one
   */
  constructor(
    readonly dataSource: DataSource,
    readonly name?: string,
  ) {}

  abstract row<Row extends object>(query: Query): Promise<Row | undefined>;
  abstract rows<Row extends object>(query: Query): Promise<Row[]>;
  abstract change(queries: readonly [Query, ...Query[]], lost?: Query, signal?: AbortSignal): Promise<boolean>;

  /**
   * Runs `work` while no other transaction can write the rows that `lock` selects. `work` can read, and make one change at its end. When
   * the transaction loses a race, it is rolled back and `work` runs again, but never in a transaction of `manager`.
   *
   * @param lock selects the rows to lock; SQLite locks the whole database instead
   * @param manager manager of a transaction to work in; the lock is held until that transaction ends
   */
  abstract exclusively<T>(lock: Query, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T>;

  /** Returns an executor on the database that discards a change if the signal is aborted while the change waits. */
  private until(signal: AbortSignal): Executor {
    return {
      row: (query) => this.row(query),
      rows: (query) => this.rows(query),
      change: (queries, lost) => this.change(queries, lost, signal),
    };
  }

  /** Returns an executor on the connection of a host's open transaction, as part of that transaction. */
  protected abstract joined(runner: QueryRunner): Executor;

  /**
   * Returns an executor in `manager`'s transaction; on the database itself when no transaction is open.
   *
   * @param signal discards a change if it is aborted while the change waits for the database. Default none
   * @throws Error when the manager belongs to another DataSource
   */
  within(manager?: EntityManager, signal?: AbortSignal): Executor {
    const runner = openTransactionOf(manager);
    if (!runner) return signal ? this.until(signal) : this;
    if (runner.dataSource !== this.dataSource)
      throw new Error('The EntityManager is not of the DataSource that the client registry was given.');
    return failingAsTypeOrm(this.joined(runner));
  }

  /**
   * Checks that the tables of `entities` exist, with all of their columns.
   *
   * @param mend what to run when a table or column is missing. Default: how to create the registry's own tables
   * @throws Error that says what to run
   */
  async check(entities: readonly EntityTarget<ObjectLiteral>[], mend = MEND): Promise<void> {
    for (const entity of entities) {
      const names = this.columns(entity).map(({ name }) => name);
      const text = `SELECT ${names.join(', ')} FROM ${this.table(entity)} WHERE 1 = 0`;
      await this.rows({ text, values: [] }).catch((cause: unknown) => {
        if (cause instanceof OAuthError) throw cause.cause;
        if (codeOf(cause as Error) === DENIED)
          throw new Error(`The user of the database lacks a privilege on the table ${this.table(entity)}: grant it.`, {
            cause,
          });
        throw new Error(`The table ${this.table(entity)} is missing or out of date: ${mend}.`, { cause });
      });
    }
  }

  /**
   * Checks that the database can answer reads and changes now. A database that is only busy is ready.
   *
   * @throws OAuthError 503 whose cause says what is wrong
   */
  abstract requireReady(): Promise<void>;

  /** The numbers of used and idle connections of the pool, and of callers that wait for one; `undefined` where there is no pool. */
  get connections(): Connections | undefined {
    return undefined;
  }

  private closed?: Promise<void>;

  /** Whether an application that used it has shut down. */
  get isClosed(): boolean {
    return this.closed !== undefined;
  }

  /** Closes what was opened in addition to the DataSource, after the last request was answered. Every module that uses the database calls this. */
  onApplicationShutdown(): Promise<void> {
    this.closed ??= this.close();
    return this.closed;
  }

  /** Closes what was opened in addition to the DataSource. Default: nothing to close. */
  protected close(): Promise<void> {
    return Promise.resolve();
  }

  /** Returns the quoted name of an entity's table, with its schema. */
  table(entity: EntityTarget<ObjectLiteral>): string {
    return quotedTable(this.dataSource, this.dataSource.getMetadata(entity));
  }

  /** Quoted names of the tables whose columns were asked for so far. */
  protected get tables(): string[] {
    return [...this.known.keys()].map((entity) => this.table(entity));
  }

  /** Returns the columns of an entity, in the order of its declaration. */
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
