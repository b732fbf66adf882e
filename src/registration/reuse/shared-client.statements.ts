import { Injectable } from '@nestjs/common';
import { Client } from '../../clients/store/client.entity.js';
import { prepared, preparedText, type Placeholder, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase, type Executor } from '../../database/sql/prepared-database.js';
import { SharedClient } from './shared-client.entity.js';

/** The client that stands for a digest. */
export interface KnownShare {
  clientId: string;
  createdAt: string;
  /**
   * Whether it can answer a registration: it is not too old, and still has its first version, so that nobody has changed it, suspended it or given
   * it a registration access token.
   */
  isGood: boolean;
}

/** The statements on clients that answer several registrations. */
@Injectable()
export class SharedClientStatements {
  private readonly finding: Prepared;
  private readonly adding: Prepared;
  private readonly replacing: Prepared;

  constructor(database: PreparedDatabase) {
    const [table, client] = [database.table(SharedClient), database.table(Client)];
    const statement = (label: string, build: (place: Placeholder) => string) =>
      prepared(label, preparedText(database.dialect, build));
    this.finding = statement(
      'shared_find',
      (place) =>
        `SELECT client_id AS "clientId", shared.created_at AS "createdAt", CASE WHEN shared.created_at > ${place('since')} AND version = 1 THEN 1 ELSE 0 END AS "isGood"
          FROM ${table} AS shared JOIN ${client} AS client ON client.id = client_id WHERE digest = ${place('digest')}`,
    );
    this.adding = statement(
      'shared_add',
      (place) =>
        `INSERT INTO ${table} (digest, client_id, created_at) VALUES (${place('digest')}, ${place('id')}, ${place('now')}) ON CONFLICT (digest) DO NOTHING`,
    );
    this.replacing = statement(
      'shared_replace',
      (place) =>
        `UPDATE ${table} SET client_id = ${place('id')}, created_at = ${place('now')}
          WHERE digest = ${place('digest')} AND client_id = ${place('former')} AND created_at = ${place('formerTime')}`,
    );
  }

  /**
   * Returns the client that stands for a digest.
   *
   * @param since the client is good only if it was made after this time
   */
  async find(digest: string, since: string, executor: Executor): Promise<KnownShare | undefined> {
    const row = await executor.row<Omit<KnownShare, 'isGood'> & { isGood: number }>(this.finding({ digest, since }));
    return row && { ...row, isGood: row.isGood === 1 };
  }

  /**
   * Makes a new client stand for a digest that has none.
   *
   * @returns false when the digest has a client already, such as one of another transaction, for whose end PostgreSQL waits
   */
  add(digest: string, id: string, now: string, executor: Executor): Promise<boolean> {
    return executor.change([this.adding({ digest, id, now })]);
  }

  /**
   * Makes a new client stand for a digest in place of a former one.
   *
   * @returns false when a third client has replaced the former one already
   */
  replace(digest: string, former: KnownShare, id: string, now: string, executor: Executor): Promise<boolean> {
    const { clientId, createdAt } = former;
    return executor.change([this.replacing({ digest, id, now, former: clientId, formerTime: createdAt })]);
  }
}
