import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Sql } from '../../database/sql/dialect.js';
import { PreparedDatabase, statementName, type Query } from '../../database/sql/prepared-database.js';
import { isPossibleId } from '../../secrets/client-secret.entity.js';
import { changeColumns } from '../table/change-columns.js';
import type { ChangeHead, ReadChange } from '../table/change-text.js';
import { ClientChange } from '../table/client-change.entity.js';
import { stateQuery, type WantedState } from './state-query.js';

/** A filter for the changes of one client. Members that are left out do not filter. */
export interface WantedChanges {
  clientId: string;
  /** The life of the id. */
  tag?: string | undefined;
  /** The owner after the change. */
  owner?: string | undefined;
  /** Only changes before the one with this `seq`. */
  before?: string | number | undefined;
}

/** The SQL condition of each member, given the placeholder. */
const CONDITIONS = {
  clientId: (place) => `client_id = ${place}`,
  tag: (place) => `tag = ${place}`,
  owner: (place) => `owner = ${place}`,
  before: (place) => `seq < CAST(${place} AS bigint)`,
} as const satisfies Record<keyof WantedChanges, (place: string) => string>;

/** Reads changes of single clients by client and `seq`, including those that are not sealed yet. */
@Injectable()
export class HistoryStatements {
  constructor(private readonly database: PreparedDatabase) {}

  /** Returns the newest changes first, each without the client after it. */
  heads(wanted: WantedChanges, most: number, manager?: EntityManager): Promise<ChangeHead[]> {
    return this.read(wanted, most, ['document'], manager);
  }

  /** Returns the newest of the changes. */
  async newest(wanted: WantedChanges, manager?: EntityManager): Promise<ReadChange | undefined> {
    const [found] = await this.read<ReadChange>(wanted, 1, [], manager);
    return found;
  }

  /** Returns the change that made the state of a client at a moment. */
  async at(wanted: WantedState, manager?: EntityManager): Promise<ReadChange | undefined> {
    if (!isPossibleId(wanted.clientId)) return undefined;
    return this.database.within(manager).row<ReadChange>(stateQuery(this.database, wanted));
  }

  /** Returns the statement. Public so that tests can EXPLAIN it. */
  select(wanted: WantedChanges, most: number, left: readonly (keyof ClientChange)[] = []): Query {
    const sql = new Sql(this.database.dialect);
    const conditions = Object.entries(CONDITIONS).flatMap(([name, condition]) => {
      const value = wanted[name as keyof WantedChanges];
      return value === undefined ? [] : [condition(sql.value(value))];
    });
    const columns = changeColumns(this.database, undefined, left);
    const text = `SELECT ${columns} FROM ${this.database.table(ClientChange)} WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ${sql.value(most)}`;
    return { name: statementName('history', text), text, values: sql.values };
  }

  private async read<Row extends ChangeHead>(
    wanted: WantedChanges,
    most: number,
    left: readonly (keyof ClientChange)[],
    manager?: EntityManager,
  ): Promise<Row[]> {
    if (!isPossibleId(wanted.clientId)) return [];
    return this.database.within(manager).rows<Row>(this.select(wanted, most, left));
  }
}
