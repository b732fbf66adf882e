import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared, preparedToShare, type Prepared, type PreparedText } from '../../database/sql/change-texts.js';
import { KeyedRead } from '../../database/sql/keyed-read.js';
import { PreparedDatabase, type Executor, type Query } from '../../database/sql/prepared-database.js';
import type { ChangeEntry } from '../../journal/table/change-entry.js';
import { baselineValues, changeValues } from '../../journal/table/change-values.js';
import { lifespanMilliseconds } from '../../fields/lifespan.js';
import { ClientSecret, isPossibleId } from '../../secrets/client-secret.entity.js';
import { endingAt, type SecretSet } from '../../secrets/secret-set.js';
import type { Term } from '../metadata/search-terms.js';
import type { FormerToken, KnownToken } from '../tokens/registration-token.js';
import { ClientSql, secretAlias } from './client-sql.js';
import { Client, JOURNALED_SHAPE } from './client.entity.js';
import { laterThan } from './next-version.js';
import { RemovalOptions } from './removal.options.js';
import { TombstoneSql } from './tombstone-sql.js';

/** A client as it is read; its document is sent unchanged. */
export type StoredClient = Pick<Client, 'id' | 'version' | 'shape' | 'tag' | 'owner' | 'document'>;

/** A client, its secrets and its registration access token, as they were at one moment. */
export interface CurrentClient {
  client: Client;
  secrets: SecretSet;
  token: KnownToken;
}

/** A client with all that is written with it. */
export interface WrittenClient extends Pick<CurrentClient, 'client' | 'secrets'> {
  terms: readonly Term[];
  /** The entry of the change in the journal. */
  entry: ChangeEntry;
}

type Values = Record<string, unknown>;
/** The columns of a client and of one of its secrets, by their aliases. */
type CurrentRow = Values & Pick<Client, 'id' | 'registrationTokenDigest' | 'formerToken'>;

/** The hot statements on single clients. */
@Injectable()
export class ClientStatements {
  private readonly finding: KeyedRead<StoredClient>;
  private readonly loading: KeyedRead<CurrentRow>;
  private readonly locking: Prepared;
  private readonly inserting: readonly Prepared[];
  private readonly insertingNew: readonly Prepared[];
  private readonly updating: readonly Prepared[];
  private readonly updatingOlder: readonly Prepared[];
  private readonly removing: readonly Prepared[];
  private readonly removingOlder: readonly Prepared[];
  private readonly endingFormerToken: Prepared;

  constructor(
    private readonly database: PreparedDatabase,
    { retention }: RemovalOptions,
  ) {
    const sql = new ClientSql(database);
    this.finding = new KeyedRead<StoredClient>(database, {
      label: 'find',
      text: (isKey) => sql.find(isKey),
      keyOf: idOf,
      isUnique: true,
    });
    this.loading = new KeyedRead<CurrentRow>(database, {
      label: 'load',
      text: (isKey) => sql.load(isKey),
      keyOf: idOf,
    });
    this.locking = prepared('lock', sql.lock());
    const parts = (label: string, texts: PreparedText[]) => texts.map((part, at) => prepared(`${label}_${at}`, part));
    const inserting = sql.insert();
    this.inserting = parts('insert', inserting);
    const several = sql.insertSeveral();
    this.insertingNew = inserting.map((part, at) => preparedToShare(`insert_${at}`, part, several));
    this.updating = parts('update', sql.update(sql.appendChange));
    this.updatingOlder = parts('update_older', sql.update(sql.beginJournal));
    const bury = lifespanMilliseconds(retention) > 0 ? new TombstoneSql(database).bury : undefined;
    this.removing = parts('remove', sql.remove(sql.appendChange, bury));
    this.removingOlder = parts('remove_older', sql.remove(sql.beginJournal, bury));
    this.endingFormerToken = prepared('end_former_token', sql.endFormerToken());
  }

  /** Runs statements in `manager`'s transaction, see {@link PreparedDatabase.within}. */
  within(manager?: EntityManager, signal?: AbortSignal): Executor {
    return this.database.within(manager, signal);
  }

  async find(id: string, executor: Executor): Promise<StoredClient | undefined> {
    return isPossibleId(id) ? (await this.finding.rows(id, executor))[0] : undefined;
  }

  /** Loads the client with its secrets by one statement, as the start of a change. Each call returns new objects. */
  async load(id: string, executor: Executor): Promise<CurrentClient | undefined> {
    const rows = isPossibleId(id) ? await this.loading.rows(id, executor) : [];
    const [first] = rows;
    if (!first) return undefined;
    const client = this.entity(Client, first, (property) => property);
    const found = rows.filter((row) => row[secretAlias('id')] !== null);
    // PostgreSQL returns a bigint as text.
    const expiry = (row: Values) => Number(row[secretAlias('expiresAt')]);
    const secrets = found.map((row) => endingAt(this.entity(ClientSecret, row, secretAlias), expiry(row)));
    const former = first.formerToken === null ? null : (JSON.parse(first.formerToken) as FormerToken);
    return { client, secrets, token: { digest: first.registrationTokenDigest, former } };
  }

  /**
   * Writes a new client with its terms and its secret, all or nothing.
   *
   * @param isChosen whether the caller chose its id; only such an insert can conflict with another one and wait for its transaction
   * @returns false when the id is taken; nothing is written then
   */
  insert(written: WrittenClient, executor: Executor, isChosen: boolean): Promise<boolean> {
    return change(executor, isChosen ? this.inserting : this.insertingNew, newValues(written));
  }

  /**
   * Writes the next version of a client, its terms and its secrets, all or nothing.
   *
   * @param token its new registration access token. Default: it keeps the current one
   * @returns the client as written; `undefined` when it no longer has the state `current`; nothing is written then
   */
  async update(
    current: CurrentClient,
    { client: next, terms, secrets, entry }: WrittenClient,
    executor: Executor,
    token?: KnownToken,
  ): Promise<CurrentClient | undefined> {
    const { version: currentVersion, tag } = current.client;
    const known = new Set(current.secrets.map((secret) => secret.id));
    const kept = JSON.stringify(secrets.map((secret) => ({ id: secret.id, expiresAt: secret.expiresAt })));
    const fresh = secrets.filter((secret) => !known.has(secret.id));
    for (const secret of fresh) secret.clientVersion = next.version;
    const added = JSON.stringify(fresh.map((secret) => ({ ...secret })));
    const journaled = changeValues(entry, secrets, next.updatedAt);
    const own = { currentVersion, tag, terms: pairsOf(terms), kept, added, ...tokenValues(token) };
    const values = together(journaled, next, own);
    const isWritten = isJournaled(current)
      ? change(executor, this.updating, values)
      : change(executor, this.updatingOlder, { ...values, ...baselineOf(current) });
    return (await isWritten) ? { client: next, secrets, token: token ?? current.token } : undefined;
  }

  /**
   * Removes a client and its terms and secrets; unless the retention is 0, a tombstone keeps it. In the journal the removal is a new version.
   *
   * @returns false when it no longer has the state `current`; nothing is removed then
   */
  remove(current: CurrentClient, entry: ChangeEntry, executor: Executor): Promise<boolean> {
    const { client } = current;
    const journaled = changeValues(entry, [], laterThan(client.updatedAt));
    const values = together(journaled, client, { version: client.version + 1, currentVersion: client.version });
    return isJournaled(current)
      ? change(executor, this.removing, values)
      : change(executor, this.removingOlder, { ...values, ...baselineOf(current) });
  }

  /** Ends the former registration access token of a client that has used the current one. */
  async endFormerToken({ client: { id, tag }, token: { digest } }: CurrentClient, executor: Executor): Promise<void> {
    await executor.change([this.endingFormerToken({ id, tag, digest })]);
  }

  /** As {@link PreparedDatabase.exclusively}, on one client. */
  exclusively<T>(id: string, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T> {
    return this.database.exclusively(this.locking({ id }), work, manager);
  }

  private entity<T extends object>(type: new () => T, row: Values, alias: (property: string) => string): T {
    const read: Values = {};
    for (const { property, isHidden } of this.database.columns(type))
      if (!isHidden) read[property] = row[alias(property)];
    return Object.assign(new type(), read);
  }
}

/** Returns the values of a new registration access token; all are null without one. */
function tokenValues(token?: KnownToken): Values {
  const former = token?.former ? JSON.stringify(token.former) : null;
  return { newToken: token?.digest ?? null, registrationTokenDigest: token?.digest ?? null, formerToken: former };
}

function idOf({ id }: { id: string }): string {
  return id;
}

/** Whether the client has a row in the journal. A client from a release without a journal has none before its next change. */
function isJournaled({ client }: CurrentClient): boolean {
  return client.shape >= JOURNALED_SHAPE;
}

function baselineOf({ client, secrets }: CurrentClient): Values {
  return baselineValues({ ...client, secrets });
}

/** Returns the values for the statements that write a new client. */
export function newValues({ client, terms, secrets, entry }: WrittenClient): Values {
  const added = JSON.stringify(secrets.map((secret) => ({ ...secret })));
  return together(changeValues(entry, secrets, client.createdAt), client, { terms: pairsOf(terms), added });
}

/**
 * Merges the values of a change into one object. Spreading a client would take about ten times as long.
 *
 * @param journaled the object into which the others are merged
 * @param own values that override those of the client
 */
export function together(journaled: Values, client: Client, own: Values): Values {
  return Object.assign(journaled, client, own);
}

/** Runs a change whose statements take these values; `lost` as in {@link Executor.change}. */
export function change(
  executor: Executor,
  statements: readonly Prepared[],
  values: Values,
  lost?: Prepared,
): Promise<boolean> {
  return executor.change(statements.map((statement) => statement(values)) as [Query, ...Query[]], lost?.(values));
}

/** Returns terms as the statements take them. */
export function pairsOf(terms: readonly Term[]): string {
  return JSON.stringify(terms.map(({ kind, value }) => [kind, value]));
}
