import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { KeyedRead } from '../database/sql/keyed-read.js';
import { PreparedDatabase, statementName, type Query } from '../database/sql/prepared-database.js';
import { MOST_KEYS } from './api-key-errors.js';
import { ApiKey } from './api-key.entity.js';

/** A key as ordinary reads show it. */
export type KnownKey = Omit<ApiKey, 'digest'>;

/** How long a key that was read counts as valid where the database does not report commits, in milliseconds. */
const CACHED_FOR = 250;
/** How long a revocation waits there, in milliseconds: longer than that, since timers and clocks differ a little. */
const UNTIL_REVOKED = CACHED_FOR + 50;

/** A row; PostgreSQL returns a bigint as text. */
type Row = Omit<ApiKey, 'expiresAt'> & { expiresAt: number | string };

/** The statements on API keys. */
@Injectable()
export class ApiKeyStatements {
  private readonly byDigest: KeyedRead<Row, KnownKey>;
  private readonly texts: Record<'list' | 'get' | 'insert' | 'remove' | 'use', Omit<Query, 'values'>>;

  constructor(private readonly database: PreparedDatabase) {
    const table = database.table(ApiKey);
    const { parameter } = database.dialect;
    const columns = database.columns(ApiKey);
    const known = columns
      .filter(({ isHidden }) => !isHidden)
      .map(({ name, property }) => `${name} AS "${property}"`)
      .join(', ');
    const values = columns.map(({ type }, at) => `CAST(${parameter(at + 1)} AS ${type})`).join(', ');
    const prepared = (label: string, text: string) => ({ name: statementName(label, text), text });
    this.texts = {
      list: prepared('keys', `SELECT ${known} FROM ${table} ORDER BY created_at, id`),
      get: prepared('key', `SELECT ${known} FROM ${table} WHERE id = ${parameter(1)}`),
      insert: prepared(
        'key_add',
        `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) SELECT ${values} WHERE (SELECT count(*) FROM ${table}) < ${MOST_KEYS}`,
      ),
      remove: prepared('key_remove', `DELETE FROM ${table} WHERE id = ${parameter(1)}`),
      // Another process may have noted a later use.
      use: prepared(
        'key_use',
        `UPDATE ${table} SET last_used_at = ${parameter(1)} WHERE id = ${parameter(2)} AND (last_used_at IS NULL OR last_used_at < ${parameter(1)})`,
      ),
    };
    this.byDigest = new KeyedRead(database, {
      label: 'key_digest',
      text: (isKey) => `SELECT ${known}, digest FROM ${table} WHERE digest ${isKey}`,
      keyOf: ({ digest }) => digest,
      isUnique: true,
      make: knownKey,
      cachedFor: CACHED_FOR,
    });
  }

  /**
   * Looks up a key by its digest; on PostgreSQL, lookups of one turn of the event loop share a statement, and a key that was found may be one that
   * was removed up to a quarter of a second ago, see {@link untilGone}.
   */
  async find(digest: string): Promise<KnownKey | undefined> {
    return (await this.byDigest.rows(digest, this.database))[0];
  }

  /** Returns the key with a digest at once, if that can be told without a look-up. */
  recall(digest: string): KnownKey | undefined {
    return this.byDigest.recall(digest)?.[0];
  }

  /** Lists all keys, the oldest first. */
  async list(): Promise<KnownKey[]> {
    return (await this.database.rows<Row>({ ...this.texts.list, values: [] })).map(knownKey);
  }

  /** Looks up a key by its id. */
  async get(id: string): Promise<KnownKey | undefined> {
    const row = await this.database.row<Row>({ ...this.texts.get, values: [id] });
    return row && knownKey(row);
  }

  /**
   * Stores a key; returns false when there are too many.
   *
   * @param signal if it aborts while the key waits for the database, the key is not stored. Default none
   */
  insert(key: ApiKey, signal?: AbortSignal): Promise<boolean> {
    const values = this.database.columns(ApiKey).map(({ property }) => key[property as keyof ApiKey]);
    return this.database.change([{ ...this.texts.insert, values }], undefined, signal);
  }

  /**
   * Removes a key; returns false when it is gone already.
   *
   * @param signal as for {@link insert}
   */
  remove(id: string, signal?: AbortSignal): Promise<boolean> {
    return this.database.change([{ ...this.texts.remove, values: [id] }], undefined, signal);
  }

  /** Waits until a key that was removed before is found by no process. */
  async untilGone(): Promise<void> {
    if (this.database.dialect.isRemote) await setTimeout(UNTIL_REVOKED);
  }

  /** Records when a key was last used. */
  async use(id: string, at: string): Promise<void> {
    await this.database.change([{ ...this.texts.use, values: [at, id] }]);
  }
}

/** Returns the row without its digest. */
function knownKey({ id, name, scopes, owner, createdAt, createdBy, expiresAt, lastUsedAt }: Row): KnownKey {
  return { id, name, scopes, owner, createdAt, createdBy, expiresAt: Number(expiresAt), lastUsedAt };
}
