import type { SpanContext } from '@opentelemetry/api';
import DataLoader from 'dataloader';
import { KeptRows } from './kept-rows.js';
import { statementName, type Executor, type PreparedDatabase, type Query, type Reader } from './prepared-database.js';
import { callerSpan, sharedBy } from './statement-span.js';

/** Most keys that one statement looks up. */
const MOST_KEYS = 100;

/** A statement that selects rows by a key. */
export interface KeyedStatement<Row, Made = Row> {
  /** What the statement does, see {@link statementName}. */
  label: string;
  /** Builds its text, for one key, from the condition that follows the key column, such as `= ?1`. */
  text: (isKey: string) => string;
  /** Returns the key of a row. */
  keyOf: (row: Row) => string;
  /** Whether a key has at most one row. Default false. */
  isUnique?: boolean;
  /** Converts a row to what callers get. Default: the row itself. */
  make?: (row: Row) => Made;
  /** Returns the values that follow the key's; called for each read. Default none. */
  others?: () => unknown[];
  /** Lets rows be cached, for a unique key, where the database does not report commits. Default: they are not cached there. */
  versions?: RowVersions<Made>;
  /**
   * How long rows are cached where the database does not report commits, in milliseconds: whoever removes a row, or changes what callers decide
   * by, must acknowledge it only after this time. Default: they are not cached there.
   */
  cachedFor?: number;
}

/** Finds out for less than a row costs whether it has changed. */
export interface RowVersions<Made> {
  /** Builds a statement as {@link KeyedStatement.text} does; it selects the key of a row as `key`, and its version as `version`. */
  text: (isKey: string) => string;
  /** Returns the version of the row that was converted to `made`. Every change that the registry makes gives the row another one. */
  of: (made: Made) => string;
}

/** A row of {@link RowVersions.text}. */
interface Version {
  key: string;
  version: string;
}

/**
 * Reads rows by a key. A read sees every change that was acknowledged before it began. Where a statement costs a round trip, the reads of one turn
 * of the event loop share a statement. Where the database reports whether anything was committed, rows are cached until the next commit. Where
 * it does not, a row can be cached as long as the database has the same version of it, and the other values are the same; or for a time during
 * which nobody acknowledges a change of it.
 */
export class KeyedRead<Row extends object, Made extends object = Row> {
  private readonly statement: Omit<Query, 'values'>;
  private readonly together?: DataLoader<string, readonly Made[]>;
  /** Reads the versions of rows; absent when nothing is cached by them. Public so that tests can ask for its plan. */
  readonly versions?: KeyedRead<Version>;
  private kept?: KeptRows<Made>;
  /** Spans of the callers that wait for the next statement. */
  private callers: SpanContext[] = [];

  constructor(
    private readonly database: PreparedDatabase,
    private readonly keyed: KeyedStatement<Row, Made>,
  ) {
    const { isRemote, parameter } = database.dialect;
    const text = isRemote ? this.textForSeveral() : keyed.text(`= ${parameter(1)}`);
    this.statement = { name: statementName(keyed.label, text), text };
    if (!isRemote) return;
    this.together = new DataLoader((keys) => this.readAll(keys), {
      cache: false,
      maxBatchSize: MOST_KEYS,
      batchScheduleFn: (read) => setImmediate(read),
    });
    if (keyed.cachedFor !== undefined || keyed.versions) this.kept = new KeptRows();
    if (!keyed.versions) return;
    this.versions = new KeyedRead<Version>(database, {
      label: `${keyed.label}_version`,
      text: keyed.versions.text,
      keyOf: ({ key }) => key,
      isUnique: true,
    });
  }

  /**
   * Returns the converted rows of a key, in the order of the statement. Other callers may get the same objects, now or later.
   *
   * @param executor the transaction to read in, or the database itself: only reads on the database share a statement
   */
  async rows(key: string, executor: Executor): Promise<readonly Made[]> {
    if (executor !== this.database) return this.made(await this.readOne(key, executor));
    if (!this.together) return this.readKept(key);
    const kept = this.kept?.of(key, this.state);
    if (!kept) return this.load(key);
    if (!this.versions) return kept;
    const [current] = await this.versions.load(key);
    const isCurrent = kept.some((made) => this.keyed.versions?.of(made) === current?.version);
    return isCurrent ? kept : this.load(key);
  }

  /** As {@link rows}, at once, for rows that are cached for a time; `undefined` when they must be read. */
  recall(key: string): readonly Made[] | undefined {
    return this.together && !this.versions ? this.kept?.of(key, this.state) : undefined;
  }

  /** Forgets the cached rows of a key: they have changed, but their version has not. */
  forget(key: string): void {
    this.kept?.forget(key);
  }

  /** Returns the statement for several keys; for the first key only where reads share no statement. Public so that tests can ask for its plan. */
  query(keys: readonly string[]): Query {
    return {
      ...this.statement,
      values: [this.together ? JSON.stringify(keys) : keys[0], ...(this.keyed.others?.() ?? [])],
    };
  }

  /**
   * Returns the statement that selects by each key of a JSON array. PostgreSQL would plan `= ANY($1)` anew for each execution, as it expects less
   * work from the given keys than from unknown ones; that takes longer than the read. This statement it plans once. OFFSET makes it look up one
   * key after the other: a join of all might read the whole table.
   */
  private textForSeveral(): string {
    const { parameter, textsOf } = this.database.dialect;
    return `SELECT found.* FROM (${textsOf(parameter(1), 'key')}) AS given, LATERAL (${this.keyed.text('= given.key')} OFFSET 0) AS found`;
  }

  /** Reads the rows of a key with those of the other keys of this turn. */
  private load(key: string): Promise<readonly Made[]> {
    const caller = callerSpan();
    if (caller) this.callers.push(caller);
    return this.together?.load(key) ?? Promise.resolve([]);
  }

  /** What cached rows are valid in, as a text: the other values, with which the same key may select other rows, and the time. */
  private get state(): string {
    const { others, cachedFor } = this.keyed;
    const given = others?.().join() ?? '';
    return this.together && cachedFor ? `${Math.floor(performance.now() / cachedFor)} ${given}` : given;
  }

  private async readKept(key: string): Promise<readonly Made[]> {
    const moment = await this.database.nextMoment?.();
    if (!moment) return this.made(await this.readOne(key, this.database));
    const state = `${moment.state} ${this.state}`;
    this.kept ??= new KeptRows();
    const kept = this.kept.of(key, state);
    if (kept) return kept;
    const rows = await this.readOne(key, moment.reader);
    const made = this.made(rows);
    this.kept.keep(key, state, rows, made);
    return made;
  }

  private made(rows: readonly Row[]): readonly Made[] {
    const { make } = this.keyed;
    return make ? rows.map(make) : (rows as readonly object[] as readonly Made[]);
  }

  /** Reads the rows of one key. */
  private async readOne(key: string, executor: Reader): Promise<readonly Row[]> {
    const query = this.query([key]);
    if (!this.keyed.isUnique) return executor.rows(query);
    // SQLite's drivers read a single row in a third less time than a list of one row.
    const row = await executor.row<Row>(query);
    return row ? [row] : [];
  }

  /** Reads the rows of several keys, in the order of the keys. */
  private async readAll(keys: readonly string[]): Promise<(readonly Made[])[]> {
    const found = new Map<string, Row[]>(keys.map((key) => [key, []]));
    const callers = this.callers.splice(0);
    const { state } = this;
    for (const row of await sharedBy(callers, () => this.database.rows<Row>(this.query([...found.keys()]))))
      found.get(this.keyed.keyOf(row))?.push(row);
    return keys.map((key) => {
      const rows = found.get(key) ?? [];
      const made = this.made(rows);
      if (rows.length > 0) this.kept?.keep(key, state, rows, made);
      return made;
    });
  }
}
