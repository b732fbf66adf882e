import { Injectable } from '@nestjs/common';
import { prepared, preparedText, type Placeholder, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Executor } from '../../database/sql/prepared-database.js';
import { changeValues } from '../../journal/table/change-values.js';
import { isPossibleId } from '../../secrets/client-secret.entity.js';
import { ClientSql } from './client-sql.js';
import { change, newValues, pairsOf, together, type WrittenClient } from './client.statements.js';
import { RemovalOptions, restorableSince } from './removal.options.js';
import type { Tombstone } from './tombstone.entity.js';
import { TombstoneSql } from './tombstone-sql.js';

/** Maximum number of tombstones that one statement deletes. */
const BATCH = 500;

/** The statements on removed clients. */
@Injectable()
export class TombstoneStatements {
  private readonly finding: Prepared;
  private readonly inserting: readonly Prepared[];
  private readonly findingForeign: Prepared;
  private readonly restoring: readonly Prepared[];
  private readonly findingNewer: Prepared;
  private readonly sweeping: Prepared;

  constructor(
    private readonly database: PreparedDatabase,
    private readonly options: RemovalOptions,
  ) {
    const sql = new TombstoneSql(database);
    const clients = new ClientSql(database);
    const one = (label: string, build: (place: Placeholder) => string) =>
      prepared(label, preparedText(database.dialect, build));
    this.finding = one('tombstone', (place) => sql.newest(place));
    this.inserting = clients.insertOwned(sql).map((part, at) => prepared(`insert_owned_${at}`, part));
    this.findingForeign = one('tombstone_foreign', (place) => sql.ofAnotherOwner(place));
    this.restoring = clients.restore(sql).map((part, at) => prepared(`restore_${at}`, part));
    this.findingNewer = one('tombstone_newer', (place) => sql.newer(place));
    this.sweeping = one('sweep', (place) => sql.sweep(place('before'), BATCH));
  }

  /** Returns the newest tombstone of a client_id, with the hashes, if its client can still be restored. */
  async newest(id: string, executor: Executor): Promise<Tombstone | undefined> {
    return isPossibleId(id)
      ? executor.row<Tombstone>(this.finding({ id, since: restorableSince(this.options) }))
      : undefined;
  }

  /**
   * As {@link ClientStatements.insert}, unless the last client with the id belonged to another owner and can still be restored. The insert
   * waits for a removal that is not yet committed.
   */
  insertOwned(written: WrittenClient, executor: Executor): Promise<boolean> {
    const values = { ...newValues(written), since: restorableSince(this.options) };
    return change(executor, this.inserting, values, this.findingForeign);
  }

  /**
   * Restores a removed client with its secrets, and deletes its tombstone, all or nothing.
   *
   * @returns false when the id is taken, or the tombstone is no longer the newest one; nothing is written then
   */
  restore(
    { client, terms, secrets, entry }: WrittenClient,
    tombstone: Tombstone,
    executor: Executor,
  ): Promise<boolean> {
    const journaled = changeValues(entry, secrets, client.updatedAt);
    const { seq, secrets: added } = tombstone;
    const values = together(journaled, client, { terms: pairsOf(terms), added, seq });
    return change(executor, this.restoring, values, this.findingNewer);
  }

  /**
   * Deletes a batch of tombstones of clients that were removed before a given time.
   *
   * @param before the time in UTC, as `2026-01-31T12:00:00.000Z`
   * @returns whether any were deleted, so that there may be more
   */
  sweep(before: string): Promise<boolean> {
    return this.database.change([this.sweeping({ before })]);
  }
}
