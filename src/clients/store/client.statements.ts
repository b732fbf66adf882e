import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PreparedDatabase, type EntityColumn, type Query, type Executor } from '../../database/prepared-database.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { endingAt, type SecretSet } from '../../secrets/secret-set.js';
import { CLIENT_ID_MAX_LENGTH } from '../metadata/client.dto.js';
import { Client } from './client.entity.js';
import type { Term } from '../metadata/search-terms.js';
import { changingColumns, clientStatementTexts, secretAlias, type StatementName } from './client-sql.js';

/** A client as it is read: the text goes out as it is. */
export type StoredClient = Pick<Client, 'version' | 'shape' | 'tag' | 'document'>;

/** A client and its secrets, as they were at one moment. */
export interface CurrentClient {
  client: Client;
  secrets: SecretSet;
}

/** The hot statements on single clients, in one place. */
@Injectable()
export class ClientStatements {
  private readonly texts: Record<StatementName, string>;
  private readonly changing: readonly EntityColumn[];

  constructor(private readonly database: PreparedDatabase) {
    this.changing = changingColumns(database);
    this.texts = clientStatementTexts(database);
  }

  /** Where statements run that belong to `manager`'s transaction, see {@link PreparedDatabase.within}. */
  within(manager?: EntityManager): Executor {
    return this.database.within(manager);
  }

  async find(id: string, executor: Executor): Promise<StoredClient | undefined> {
    if (!canExist(id)) return undefined;
    return executor.row<StoredClient>(this.query('find', [id]));
  }

  /** The client with its secrets, from one statement: what a change begins with. */
  async load(id: string, executor: Executor): Promise<CurrentClient | undefined> {
    const rows = canExist(id) ? await executor.rows<Record<string, unknown>>(this.query('load', [id])) : [];
    const [first] = rows;
    if (!first) return undefined;
    const client = this.entity(Client, first, (property) => property);
    const found = rows.filter((row) => row[secretAlias('id')] !== null);
    // PostgreSQL gives a bigint as text.
    const expiry = (row: Record<string, unknown>) => Number(row[secretAlias('expiresAt')]);
    const secrets = found.map((row) => endingAt(this.entity(ClientSecret, row, secretAlias), expiry(row)));
    return { client, secrets };
  }

  /**
   * Writes a new client with its terms and its secret, all or nothing.
   *
   * @returns false when the id is taken; then nothing is written
   */
  insert(client: Client, terms: readonly Term[], secrets: SecretSet, executor: Executor): Promise<boolean> {
    const row = this.database.columns(Client).map(({ property }) => client[property as keyof Client]);
    const [pairs, fresh] = [pairsOf(terms), JSON.stringify(secrets.map((secret) => ({ ...secret })))];
    if (this.database.dialect === 'postgres')
      return executor.change([this.query('insertAtOnce', [...row, pairs, fresh])]);
    return executor.change([
      this.query('insert', row),
      this.query('terms', [client.id, pairs]),
      this.query('secrets', [client.id, fresh]),
    ]);
  }

  /**
   * Writes the next version of a client, its terms and its secrets, all or nothing.
   *
   * @returns false when `current` stands no more; then nothing is written
   */
  update(
    current: CurrentClient,
    next: Client,
    terms: readonly Term[],
    secrets: SecretSet,
    executor: Executor,
  ): Promise<boolean> {
    const { id, version, tag } = current.client;
    const known = new Set(current.secrets.map((secret) => secret.id));
    const pairs = pairsOf(terms);
    const kept = JSON.stringify(secrets.map((secret) => ({ id: secret.id, expiresAt: secret.expiresAt })));
    const added = secrets.filter((secret) => !known.has(secret.id));
    const fresh = JSON.stringify(added.map((secret) => ({ ...secret, clientVersion: next.version })));
    const row = this.changing.map(({ property }) => next[property as keyof Client]);
    if (this.database.dialect === 'postgres')
      return executor.change([this.query('updateAtOnce', [...row, id, version, tag, pairs, fresh, kept])]);
    return executor.change([
      this.query('update', [...row, id, version, tag]),
      this.query('staleTerms', [id, pairs]),
      this.query('terms', [id, pairs]),
      this.query('endedSecrets', [id, kept]),
      this.query('expiries', [id, kept]),
      this.query('secrets', [id, fresh]),
    ]);
  }

  /** Removes a client with all that is its own. False when `current` stands no more; then nothing is removed. */
  remove({ client: { id, version, tag } }: CurrentClient, executor: Executor): Promise<boolean> {
    return executor.change([this.query('remove', [id, version, tag])]);
  }

  /** As {@link PreparedDatabase.exclusively}, on one client. */
  exclusively<T>(id: string, work: (executor: Executor) => Promise<T>, manager?: EntityManager): Promise<T> {
    return this.database.exclusively(this.query('lock', [id]), work, manager);
  }

  private query(name: StatementName, values: unknown[]): Query {
    return { name: `oauth2_client_${name}`, text: this.texts[name], values };
  }

  private entity<T extends object>(
    type: new () => T,
    row: Record<string, unknown>,
    alias: (property: string) => string,
  ): T {
    const columns = this.database.columns(type).filter(({ isHidden }) => !isHidden);
    return Object.assign(
      new type(),
      Object.fromEntries(columns.map(({ property }) => [property, row[alias(property)]])),
    );
  }
}

/** What no client can be called is answered before a database is asked. */
function canExist(id: string): boolean {
  return id.length <= CLIENT_ID_MAX_LENGTH && !id.includes('\0');
}

function pairsOf(terms: readonly Term[]): string {
  return JSON.stringify(terms.map(({ kind, value }) => [kind, value]));
}
