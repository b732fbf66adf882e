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
  /** Under which it is prepared once a connection. Without a name the database plans it anew, for its values. */
  name?: string;
  text: string;
  values: readonly unknown[];
  /** Does the same for several rows, see {@link SeveralRows}. Absent where it may not share a statement. */
  several?: SeveralRows | undefined;
}

/** A statement that writes several rows as another writes one. */
export interface SeveralRows {
  name: string;
  /** It takes a list of texts in the place of each value, and returns those keys, as `id`, whose rows it wrote. */
  text: string;
  /** Which of the values is the key. */
  key: number;
}

/** With what the name of a statement begins, and how many digits of the digest it ends with. */
const PREFIX = 'oauth2_client_';
const DIGITS = 16;

/**
 * The name of a prepared statement. It holds a digest of the text, tables included: a pooler may hand a connection to another
 * registry, where the same name must never stand for another statement.
 *
 * @param label what the statement does, for people who look at the server
 */
export function statementName(label: string, text: string): string {
  return `${PREFIX}${label}_${createHash('sha256').update(text).digest('hex').slice(0, DIGITS)}`;
}

/** What a statement does, in one word: its label, or that with which its text begins. */
export function labelOf({ name, text }: Query): string {
  return name === undefined ? (/\w+/.exec(text)?.[0] ?? '').toUpperCase() : name.slice(PREFIX.length, -DIGITS - 1);
}

/** A column of an entity as statements need it. */
export interface EntityColumn {
  /** Quoted. */
  name: string;
  /** As the dialect writes it. */
  type: string;
  /** Member of the entity that holds its value. */
  property: string;
  /** Excluded from ordinary reads; only a statement that names it selects it (hashes, digests). */
  isHidden: boolean;
}

/** How a pool of connections is used. */
export interface Connections {
  used: number;
  idle: number;
  /** Callers that wait for a connection. */
  waiting: number;
}

/** SQLSTATE of a missing privilege. */
const DENIED = '42501';

/** How the registry's own tables are made. */
const MEND =
  "run oauth2-client-registry migrate for the service; in an application, dataSource.runMigrations() with ...clientRegistryMigrations among the DataSource's migrations";

/** Where statements run: on the database, or within a transaction of it. */
export interface Executor {
  /** The first row, as it is committed; never that of another open transaction. */
  row<Row extends object>(query: Query): Promise<Row | undefined>;

  /** All rows, as {@link row}. */
  rows<Row extends object>(query: Query): Promise<Row[]>;

  /**
   * Runs all queries or none. When the first one writes no row, nothing is written.
   *
   * @param lost selects a row if another transaction came between what the first query saw and what it wrote. Then nothing is
   * written, and the transaction has lost a race. Default: that does not matter
   * @returns whether the change was written
   */
  change(queries: readonly [Query, ...Query[]], lost?: Query): Promise<boolean>;
}

/** What reads. */
export type Reader = Pick<Executor, 'row' | 'rows'>;

/** A moment at which the database is read. */
export interface ReadMoment {
  /** Two moments have the same only if nothing was committed between them. */
  state: number;
  /** Reads what was committed then, or later. */
  reader: Reader;
}

/** The query runner of a manager whose transaction is open. */
export function openTransactionOf(manager?: EntityManager): QueryRunner | undefined {
  const runner = manager?.queryRunner;
  return runner?.isTransactionActive ? runner : undefined;
}

/**
 * Within a host's transaction, errors surface as `QueryFailedError`, as the host's own statements do, so that retry code
 * recognises them. The values are left out: they may be hashes, and errors are logged.
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
 * Runs prepared statements, without the detour through TypeORM's entities. TypeORM still owns tables, migrations and the
 * pool. See docs/decisions/0002-prepared-statements.md.
 */
export abstract class PreparedDatabase implements Executor, OnApplicationShutdown {
  /** What differs between the databases. */
  abstract readonly dialect: Dialect;

  /**
   * Waits for the next moment at which the database is read. Absent where it does not say whether anything was committed since another one.
   *
   * @throws OAuthError 503 when the database cannot answer
   */
  nextMoment?(): Promise<ReadMoment>;

  private readonly known = new Map<EntityTarget<ObjectLiteral>, readonly EntityColumn[]>();

  /**
   * @param dataSource an initialised one
   * @param name under which the host knows it; `undefined` for the unnamed one
   */
  constructor(
    readonly dataSource: DataSource,
    readonly name?: string,
  ) {}

  abstract row<Row extends object>(query: Query): Promise<Row | undefined>;
  abstract rows<Row extends object>(query: Query): Promise<Row[]>;
  abstract change(queries: readonly [Query, ...Query[]], lost?: Query, signal?: AbortSignal): Promise<boolean>;

  /**
   * Does `work` while nobody else can write the rows that `lock` selects. It may read, and change once, at its end. When the
   * transaction loses a race, it is rolled back and `work` is done again, but never in a transaction of `manager`.
   *
   * @param lock selects the rows to lock; SQLite locks the whole database instead
   * @param manager of a transaction to work in; the lock stays until that transaction ends
   */
  abstract exclusively<T>(lock: Query, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T>;

  /** Makes changes unless the signal is aborted before the database is free for them. */
  private until(signal: AbortSignal): Executor {
    return {
      row: (query) => this.row(query),
      rows: (query) => this.rows(query),
      change: (queries, lost) => this.change(queries, lost, signal),
    };
  }

  /** Runs statements on the connection of a host's open transaction, as part of it. */
  protected abstract joined(runner: QueryRunner): Executor;

  /**
   * Runs statements in `manager`'s transaction; on the database itself when no transaction is open.
   *
   * @param signal when it is aborted while a change waits for the database, the change is not made. Default none
   * @throws Error when the manager is of another DataSource
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
   * @param mend what to run when one does not. Default: what makes the registry's own
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

  /** The connections of the pool, by what they do, and how many callers wait for one; `undefined` where there is no pool. */
  get connections(): Connections | undefined {
    return undefined;
  }

  private closed?: Promise<void>;

  /** Has the application that had it ended? */
  get isClosed(): boolean {
    return this.closed !== undefined;
  }

  /** Closes what was opened beside the DataSource, after the last request was answered; every module that has it calls this. */
  onApplicationShutdown(): Promise<void> {
    this.closed ??= this.close();
    return this.closed;
  }

  /** Closes what was opened beside the DataSource. Default: nothing was. */
  protected close(): Promise<void> {
    return Promise.resolve();
  }

  /** Quoted name of an entity's table, with its schema. */
  table(entity: EntityTarget<ObjectLiteral>): string {
    return quotedTable(this.dataSource, this.dataSource.getMetadata(entity));
  }

  /** Quoted names of the tables that were asked for so far. */
  protected get tables(): string[] {
    return [...this.known.keys()].map((entity) => this.table(entity));
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
