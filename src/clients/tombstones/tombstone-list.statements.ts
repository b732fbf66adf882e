import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Sql } from '../../database/sql/dialect.js';
import { PreparedDatabase, type Query } from '../../database/sql/prepared-database.js';
import { Client } from '../store/client.entity.js';
import { RemovalOptions, restorableSince } from '../store/removal.options.js';
import { Tombstone } from '../store/tombstone.entity.js';
import type { TombstonesQuery } from './tombstones.query.js';

/** A removed client as the databases return it: a `bigint` is a number or a text of its digits. */
export type ListedTombstone = Omit<Tombstone, 'seq' | 'secrets' | 'registrationTokenDigest'> & {
  seq: string | number;
  /** 1 unless another client has the id now, or had it later. */
  isLast: number;
};

/** The statement of the list of removed clients. */
@Injectable()
export class TombstoneListStatements {
  constructor(
    private readonly database: PreparedDatabase,
    private readonly options: RemovalOptions,
  ) {}

  /** Returns the tombstones of a page, plus one when there is a next page. */
  async page(query: TombstonesQuery, manager?: EntityManager): Promise<ListedTombstone[]> {
    if (query.owners.length > 1) return [];
    return this.database.within(manager).rows<ListedTombstone>(this.select(query));
  }

  /**
   * Returns the statement. It also selects tombstones of earlier lives, which the page then leaves out: so it never reads more rows than a
   * page holds, however often an id was used. Public so that tests can check its plan.
   */
  select({ clientId, owners: [owner], before, size }: TombstonesQuery): Query {
    const { dialect } = this.database;
    const sql = new Sql(dialect);
    const table = this.database.table(Tombstone);
    // A unary plus keeps SQLite from using any index but that of the order.
    const plus = dialect.plansByItself ? '' : '+';
    const conditions = [
      ...(clientId === undefined ? [] : [`client_id = ${sql.value(clientId)}`]),
      ...(owner === undefined ? [] : [`${clientId === undefined ? '' : plus}owner = ${sql.value(owner)}`]),
      ...(before === undefined ? [] : [`seq < CAST(${sql.value(before)} AS bigint)`]),
      `${plus}deleted_at >= ${sql.value(restorableSince(this.options))}`,
    ];
    const columns = this.database.columns(Tombstone).filter(({ isHidden }) => !isHidden);
    // A scalar subquery is one lookup per row; the planner cannot turn it into a costly join.
    const isNewest = `tombstone.seq = (SELECT max(seq) FROM ${table} WHERE client_id = tombstone.client_id)`;
    const isFree = `(SELECT 1 FROM ${this.database.table(Client)} WHERE id = tombstone.client_id) IS NULL`;
    const text = `SELECT ${columns.map(({ name, property }) => `${name} AS "${property}"`).join(', ')}, CASE WHEN ${isNewest} AND ${isFree} THEN 1 ELSE 0 END AS "isLast"
      FROM ${table} AS tombstone WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ${sql.value(size + 1)}`;
    return { text, values: sql.values };
  }
}
