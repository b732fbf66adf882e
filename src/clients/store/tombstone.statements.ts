import { Injectable } from '@nestjs/common';
import { prepared, preparedText, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Executor } from '../../database/sql/prepared-database.js';
import { changeValues } from '../../journal/table/change-values.js';
import { isPossibleId } from '../../secrets/client-secret.entity.js';
import { ClientSql } from './client-sql.js';
import { change, pairsOf, type WrittenClient } from './client.statements.js';
import type { Tombstone } from './tombstone.entity.js';
import { TombstoneSql } from './tombstone-sql.js';

/** Most tombstones that one statement ends. */
const BATCH = 500;

/** The statements on removed clients. */
@Injectable()
export class TombstoneStatements {
  private readonly finding: Prepared;
  private readonly restoring: readonly Prepared[];
  private readonly sweeping: Prepared;

  constructor(private readonly database: PreparedDatabase) {
    const sql = new TombstoneSql(database);
    const { dialect } = database;
    this.finding = prepared(
      'tombstone',
      preparedText(dialect, (place) => sql.newest(place('id'))),
    );
    this.restoring = new ClientSql(database).restore(sql).map((part, at) => prepared(`restore_${at}`, part));
    this.sweeping = prepared(
      'sweep',
      preparedText(dialect, (place) => sql.sweep(place('before'), BATCH)),
    );
  }

  /** The newest tombstone of a client_id, with the hashes. */
  async newest(id: string, executor: Executor): Promise<Tombstone | undefined> {
    return isPossibleId(id) ? executor.row<Tombstone>(this.finding({ id })) : undefined;
  }

  /**
   * Writes a client that was removed again, with its secrets, and ends its tombstone, all or nothing.
   *
   * @returns false when the id is taken, or the tombstone is no longer the newest one; then nothing is written
   */
  restore(
    { client, terms, secrets, entry }: WrittenClient,
    tombstone: Tombstone,
    executor: Executor,
  ): Promise<boolean> {
    const journaled = changeValues(entry, secrets, client.updatedAt);
    const { seq, secrets: added } = tombstone;
    return change(executor, this.restoring, { ...client, ...journaled, terms: pairsOf(terms), added, seq });
  }

  /**
   * Ends some tombstones of clients that were removed before a time.
   *
   * @param before in UTC, as `2026-01-31T12:00:00.000Z`
   * @returns whether there were any: then there may be more
   */
  sweep(before: string): Promise<boolean> {
    return this.database.change([this.sweeping({ before })]);
  }
}
