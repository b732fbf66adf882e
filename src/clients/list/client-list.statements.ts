import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PreparedDatabase, statementName, type Query, type Executor } from '../../database/sql/prepared-database.js';
import { Sql } from '../../database/sql/dialect.js';
import type { Condition, SearchedColumn } from './client-list.parameters.js';
import type { ClientListQuery } from './client-list.query.js';
import { ClientTerm } from '../store/client-term.entity.js';
import { ClientUse } from '../uses/client-use.entity.js';
import { Client } from '../store/client.entity.js';

/** One client of a page: its document, its id, and the value that the page is sorted by. */
export interface ListedClient {
  document: string;
  id: string;
  sorted: string;
}

/** A condition whose matches can be read from an index. */
type Driver = Exclude<Condition, { on: 'noTerm' }>;

/** A condition with at most this many matches is narrow: the query plan begins with it, whatever the requested order. */
const NARROW = 5000;
/** Sorts after every character of a word in bytewise order. */
const END = '\u{10FFFF}';

/**
 * The statements of lists. PostgreSQL plans them from its statistics. SQLite keeps none, so the registry chooses where the plan begins: with
 * the condition that has the fewest matches, or with the requested order when all conditions are broad.
 */
@Injectable()
export class ClientListStatements {
  private readonly client: string;
  private readonly term: string;
  private readonly use: string;

  constructor(private readonly database: PreparedDatabase) {
    this.client = database.table(Client);
    this.term = database.table(ClientTerm);
    this.use = database.table(ClientUse);
  }

  /** Runs statements in `manager`'s transaction, see {@link PreparedDatabase.within}. */
  within(manager?: EntityManager): Executor {
    return this.database.within(manager);
  }

  /** Returns the clients of a page, plus one when there is a next page. */
  async page(query: ClientListQuery, executor: Executor): Promise<ListedClient[]> {
    const driver = await this.driverOf(query, executor);
    return executor.rows<ListedClient>(this.select(query, driver));
  }

  /** Returns the number of clients on all pages. */
  async count(query: ClientListQuery, executor: Executor): Promise<number> {
    const driver = await this.driverOf(query, executor);
    const sql = new Sql(this.database.dialect);
    const text = `SELECT count(*) AS total ${this.from(sql, query.conditions, driver)}`;
    const row = await executor.row<{ total: number | string }>({ text, values: sql.values });
    return Number(row?.total);
  }

  /** Returns the statement of a page. Public so that tests can check its plan. */
  select({ conditions, sort, descending, after, size }: ClientListQuery, chosen?: Driver): Query {
    const sql = new Sql(this.database.dialect);
    // Clients after the last one also meet the bounds on the sorted column that it meets. PostgreSQL would take them for a further condition and
    // expect few rows.
    const isMet = (condition: Condition): boolean =>
      after.length > 0 && isBound(condition, sort, descending ? '<' : '>');
    const driver = chosen && isMet(chosen) ? undefined : chosen;
    const needed = conditions.filter((condition) => !isMet(condition));
    const from = this.from(sql, needed, driver, sort);
    const keys = this.order(sort, driver);
    const place = keys.slice(keys.length - after.length).join(', ');
    const behind = `(${place}) ${descending ? '<' : '>'} (${after.map((value) => sql.value(value)).join(', ')})`;
    const direction = descending ? ' DESC' : '';
    const text = [
      `SELECT client.document, client.id, ${this.column(sort)} AS sorted ${from}`,
      after.length > 0 ? `AND ${behind}` : '',
      `ORDER BY ${keys.map((key) => key + direction).join(', ')} LIMIT ${sql.value(size + 1)}`,
    ].join(' ');
    // Without conditions there are few texts, so they are prepared. With conditions, the best plan depends on their values.
    const name = conditions.length > 0 ? undefined : statementName('list', text);
    return { name, text, values: sql.values };
  }

  /** Returns the condition with which a database without statistics begins; `undefined` to begin with the order. */
  async driverOf({ conditions, sort }: ClientListQuery, executor: Executor): Promise<Driver | undefined> {
    if (this.database.dialect.plansByItself) return undefined;
    const drivers = conditions.filter((condition) => condition.on !== 'noTerm');
    const inOrder = drivers.find((driver) => isInOrder(driver, sort));
    if (drivers.length === 0 || (inOrder && drivers.length === 1)) return inOrder;
    const matches = await Promise.all(drivers.map((driver) => this.matches(driver, executor)));
    const fewest = Math.min(...matches);
    return fewest <= NARROW ? drivers[matches.indexOf(fewest)] : inOrder;
  }

  /** Counts the rows that a condition matches by itself; the count stops once the condition is broad. */
  private async matches(driver: Driver, executor: Executor): Promise<number> {
    const sql = new Sql(this.database.dialect);
    const from = this.from(sql, [driver], driver);
    const text = `SELECT count(*) AS matches FROM (SELECT 1 ${from} LIMIT ${NARROW + 1}) AS some`;
    return (await executor.row<{ matches: number }>({ text, values: sql.values }))?.matches ?? 0;
  }

  private column(property: SearchedColumn): string {
    const [alias, entity] = isOfUse(property) ? ['used', ClientUse] : ['client', Client];
    return `${alias}.${this.database.columns(entity).find((column) => column.property === property)?.name}`;
  }

  /** Returns FROM and WHERE. The driver, or the table with the sort order, is the outer loop: SQLite keeps the order of a CROSS JOIN. */
  private from(sql: Sql, conditions: readonly Condition[], driver?: Driver, sort: SearchedColumn = 'id'): string {
    const others = conditions.filter((condition) => condition !== driver);
    const first: string[] = [];
    const tables = [`${this.client} AS client`];
    if (isOfUse(sort) || conditions.some((condition) => condition.on === 'column' && isOfUse(condition.column))) {
      const isFirst = driver ? driver.on === 'column' && isOfUse(driver.column) : isOfUse(sort);
      tables.splice(isFirst ? 0 : 1, 0, `${this.use} AS used`);
      first.push('used.client_id = client.id');
    }
    if (driver?.on === 'column') first.push(this.holds(sql, driver, ''));
    else if (driver) {
      tables.unshift(`(${this.matching(sql, driver)}) AS driver`);
      first.push('client.id = driver.client_id');
    }
    // A unary plus keeps SQLite from using an index, so that its plan begins with the driver, or with the order.
    const plus = this.database.dialect.plansByItself ? '' : '+';
    const rest = others.map((condition) => this.holds(sql, condition, plus));
    return `FROM ${tables.join(' CROSS JOIN ')} WHERE ${['1 = 1', ...first, ...rest].join(' AND ')}`;
  }

  /** Returns a query of the ids that match, sorted if the index holds them sorted. */
  private matching(sql: Sql, condition: Exclude<Driver, { on: 'column' }>): string {
    if (condition.on === 'ids') return this.ids(sql, condition.values);
    const distinct = condition.on === 'prefix' ? 'DISTINCT ' : '';
    return `SELECT ${distinct}client_id FROM ${this.term} WHERE ${this.termHolds(sql, condition)}`;
  }

  private ids(sql: Sql, ids: readonly string[]): string {
    return this.database.dialect.textsOf(sql.value(JSON.stringify(ids)), 'client_id');
  }

  private holds(sql: Sql, condition: Condition, plus: string): string {
    if (condition.on === 'column')
      return `${plus}${this.column(condition.column)} ${condition.operator} ${sql.value(condition.value)}`;
    if (condition.on === 'ids') return `${plus}client.id IN (${this.ids(sql, condition.values)})`;
    const has = condition.on === 'noTerm' ? 'NOT EXISTS' : 'EXISTS';
    return `${has} (SELECT 1 FROM ${this.term} AS term WHERE ${this.termHolds(sql, condition, plus)} AND term.client_id = client.id)`;
  }

  private termHolds(sql: Sql, condition: Extract<Condition, { on: 'term' | 'noTerm' | 'prefix' }>, plus = ''): string {
    if (condition.on !== 'prefix') return `kind = '${condition.kind}' AND value = ${sql.value(condition.value)}`;
    // The plus makes SQLite search the few terms of one client, not all terms with this prefix.
    return `${plus}kind = 'word' AND ${plus}value >= ${sql.value(condition.value)} AND ${plus}value < ${sql.value(condition.value + END)}`;
  }

  /** Returns the keys of ORDER BY. If the driver has another order, a plus makes SQLite sort instead of choosing an index in this order. */
  private order(sort: SearchedColumn, driver: Driver | undefined): string[] {
    const id = driver?.on === 'term' && sort === 'id' ? 'driver.client_id' : 'client.id';
    const keys = sort === 'id' ? [id] : [this.column(sort), isOfUse(sort) ? 'used.client_id' : id];
    return !driver || isInOrder(driver, sort) ? keys : keys.map((key) => `+${key}`);
  }
}

/** Whether the index of the condition holds its matches in the order of the column, then of their ids. */
function isInOrder(condition: Driver, sort: SearchedColumn): boolean {
  if (sort !== 'id') return condition.on === 'column' && condition.column === sort;
  return condition.on === 'term' || (condition.on === 'column' && condition.operator === '=');
}

/** Whether the condition bounds the column on this side. */
function isBound(condition: Condition, column: SearchedColumn, operator: '<' | '>'): boolean {
  return condition.on === 'column' && condition.column === column && condition.operator === operator;
}

/** Whether the column belongs to the last use, not to the client. */
function isOfUse(column: SearchedColumn): boolean {
  return column === 'unusedSince';
}
