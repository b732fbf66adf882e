import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql/dialect.js';
import { PreparedDatabase, type Query } from '../../database/sql/prepared-database.js';
import type { ChangeTermPair } from '../chain/change-terms.js';
import { changeColumns } from '../table/change-columns.js';
import { ChangeTerm } from '../table/change-term.entity.js';
import type { ChangeHead } from '../table/change-text.js';
import { ClientChange } from '../table/client-change.entity.js';
import type { ChangesQuery } from './changes.query.js';

/**
 * Most candidates for one page: changes that the narrowest of several filters matches, and that are compared with the others. The matches of each
 * filter are counted up to this number to find the narrowest. So a page may be shorter than requested, or empty, and still have a next one: no page
 * takes longer because the journal is long.
 */
const MOST_CANDIDATES = 1000;

/** What a page of changes consists of. */
export interface FoundChanges {
  /** In the requested order; one more than the page holds when the page is full and there is a next one. */
  changes: ChangeHead[];
  /** The position up to which candidates were compared, if there may be more behind it. */
  reached: string | undefined;
}

/** The place of a change in the chain. */
interface Place {
  position: string | number;
}

/** The matches of one of several terms, from the page on. */
interface Counted extends Place {
  /** Index of the term in the query. */
  term: number;
  /** At most {@link MOST_CANDIDATES}. */
  found: string | number;
}

/** Positions of the first and the last change to consider; `undefined` for no bound. */
export interface Bounds {
  first: string | number | undefined;
  last: string | number | undefined;
}

/** How the changes of a page are found, and between which positions. */
export interface Search extends Bounds {
  /** Its terms begin with the narrowest. */
  query: ChangesQuery;
  /** As in {@link FoundChanges}. */
  reached: string | undefined;
}

/** Reads sealed changes by position, and by the terms that the sealer writes. */
@Injectable()
export class ChangesStatements {
  private readonly change: string;
  private readonly term: string;

  constructor(private readonly database: PreparedDatabase) {
    this.change = database.table(ClientChange);
    this.term = database.table(ChangeTerm);
  }

  /** Returns the changes of a page. */
  async page(query: ChangesQuery): Promise<FoundChanges> {
    const search = await this.search(query);
    if (!search) return { changes: [], reached: undefined };
    return {
      changes: await this.database.rows<ChangeHead>(this.select(search.query, search)),
      reached: search.reached,
    };
  }

  /**
   * Finds the positions between which the changes of a page are, and the filter that matches the fewest of them. Public so that tests can EXPLAIN
   * the statement that follows.
   *
   * @returns `undefined` when no change matches
   */
  async search(query: ChangesQuery): Promise<Search | undefined> {
    const bounds = await this.bounds(query);
    if (!bounds || query.terms.length < 2) return bounds && { query, ...bounds, reached: undefined };
    const counted = await this.database.rows<Counted>(this.count(query, bounds));
    const [narrowest, ...others] = counted.toSorted(
      (one, other) => Number(one.found) - Number(other.found) || one.term - other.term,
    );
    if (!narrowest || Number(narrowest.found) === 0) return undefined;
    const terms = [narrowest, ...others].map(({ term }) => query.terms[term]).filter((term) => term !== undefined);
    const sorted = { ...query, terms };
    if (Number(narrowest.found) < MOST_CANDIDATES) return { query: sorted, ...bounds, reached: undefined };
    const reached = String(narrowest.position);
    return { query: sorted, ...bounds, [query.descending ? 'first' : 'last']: reached, reached };
  }

  /**
   * Finds the positions between which changes were sealed in the requested time: `sealed_at` never decreases along the chain. They are looked up
   * first, because a planner that does not know them assumes a narrow range.
   *
   * @returns `undefined` when there are none
   */
  async bounds({ after, before }: ChangesQuery): Promise<Bounds | undefined> {
    const at = async (operator: '>' | '<', time: string | undefined) =>
      time === undefined
        ? undefined
        : ((await this.database.row<Place>(this.placeAt(operator, time)))?.position ?? null);
    const [first, last] = await Promise.all([at('>', after), at('<', before)]);
    return first === null || last === null ? undefined : { first, last };
  }

  /** Returns the statement of a page, with the narrowest term first. Public so that tests can EXPLAIN it. */
  select(query: ChangesQuery, bounds: Bounds): Query {
    const sql = new Sql(this.database.dialect);
    const found = this.candidates(sql, query, bounds, query.size + 1);
    const text = `SELECT ${changeColumns(this.database, 'found_change', ['document'])} FROM (${found}) AS found CROSS JOIN ${this.change} AS found_change
      WHERE found_change.position = found.position ORDER BY found.position${directionOf(query)}`;
    return { text, values: sql.values };
  }

  /** Returns the statement that counts the candidates of each term and finds the position of the last. Public so that tests can EXPLAIN it. */
  count(query: ChangesQuery, bounds: Bounds): Query {
    const sql = new Sql(this.database.dialect);
    const last = query.descending ? 'min' : 'max';
    const counts = query.terms.map(
      (term, at) =>
        `SELECT ${at} AS term, count(*) AS found, ${last}(position) AS position FROM (${this.candidates(sql, { ...query, terms: [term] }, bounds, MOST_CANDIDATES)}) AS counted`,
    );
    return { text: counts.join(' UNION ALL '), values: sql.values };
  }

  /** Returns SQL for the positions of the first changes that have all terms, searched by the first term; without terms, of all changes. */
  private candidates(sql: Sql, query: ChangesQuery, { first, last }: Bounds, most: number): string {
    const [narrowest, ...others] = query.terms;
    const source = narrowest
      ? `${this.term} AS candidate WHERE ${this.termHolds(sql, narrowest)} AND`
      : `${this.change} WHERE`;
    // One bound on each side: of two, SQLite searches by one only, and would read all changes between it and a narrower one.
    const isBehind = (bound: string | number | undefined) =>
      query.from !== undefined &&
      (bound === undefined ||
        (query.descending ? BigInt(query.from) <= BigInt(bound) : BigInt(query.from) >= BigInt(bound)));
    const place = (operator: string, position: string | number) =>
      `position ${operator} CAST(${sql.value(position)} AS bigint)`;
    const from = query.from ?? 0;
    const bounds = [
      !query.descending && isBehind(first)
        ? place('>', from)
        : first === undefined
          ? 'position > 0'
          : place('>=', first),
      ...(query.descending && isBehind(last) ? [place('<', from)] : last === undefined ? [] : [place('<=', last)]),
    ];
    // A scalar subquery is one look-up for each candidate: the planner cannot choose a join instead.
    const also = others.map(
      (term) =>
        `(SELECT 1 FROM ${this.term} WHERE ${this.termHolds(sql, term)} AND position = candidate.position) IS NOT NULL`,
    );
    return `SELECT position FROM ${source} ${[...bounds, ...also].join(' AND ')} ORDER BY position${directionOf(query)} LIMIT ${sql.value(most)}`;
  }

  /** Returns the statement that finds the first change sealed after a time, or the last one before it. Public so that tests can EXPLAIN it. */
  placeAt(operator: '>' | '<', time: string): Query {
    const sql = new Sql(this.database.dialect);
    const direction = operator === '>' ? '' : ' DESC';
    const text = `SELECT position FROM ${this.change} WHERE position IS NOT NULL AND sealed_at ${operator} ${sql.value(time)} ORDER BY sealed_at${direction}, position${direction} LIMIT 1`;
    return { text, values: sql.values };
  }

  private termHolds(sql: Sql, [kind, value]: ChangeTermPair): string {
    return `kind = '${kind}' AND value = ${sql.value(value)}`;
  }
}

function directionOf({ descending }: ChangesQuery): string {
  return descending ? ' DESC' : '';
}
