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
   * Whether it can answer a registration: it is not too old, and has the version that it was made with, so that nobody has changed it,
   * suspended it or given it a registration access token.
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
   * The client that stands for a digest.
   *
   * @param since time after which it must have been made to be good
   */
  async find(digest: string, since: string, executor: Executor): Promise<KnownShare | undefined> {
    const row = await executor.row<Omit<KnownShare, 'isGood'> & { isGood: number }>(this.finding({ digest, since }));
    return row && { ...row, isGood: row.isGood === 1 };
  }

  /**
   * Lets a new client stand for a digest for which no other one does.
   *
   * @returns false when there is one, such as that of another transaction, for whose end PostgreSQL waits
   */
  add(digest: string, id: string, now: string, executor: Executor): Promise<boolean> {
    return executor.change([this.adding({ digest, id, now })]);
  }

  /**
   * Lets a new client stand for a digest in place of another one.
   *
   * @returns false when yet another one does so already
   */
  replace(digest: string, former: KnownShare, id: string, now: string, executor: Executor): Promise<boolean> {
    const { clientId, createdAt } = former;
    return executor.change([this.replacing({ digest, id, now, former: clientId, formerTime: createdAt })]);
  }
}
