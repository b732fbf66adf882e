import { Injectable } from '@nestjs/common';
import { KeyedRead } from '../../database/sql/keyed-read.js';
import { PreparedDatabase, statementName, type Executor, type Query } from '../../database/sql/prepared-database.js';
import { epochSeconds } from '../../secrets/secret-set.js';
import { MOST_TOKENS } from './initial-access-token-errors.js';
import { InitialAccessToken } from './initial-access-token.entity.js';

/** An initial access token as ordinary reads show it. */
export type KnownToken = Omit<InitialAccessToken, 'digest'>;

/** A row; PostgreSQL returns a bigint as text. */
type Row = Omit<InitialAccessToken, 'expiresAt'> & { expiresAt: number | string };

/** Most tokens that are removed to make room for a new one. */
const BATCH = 100;

/** The statements on initial access tokens. */
@Injectable()
export class InitialAccessTokenStatements {
  private readonly byDigest: KeyedRead<Row>;
  private readonly texts: Record<'list' | 'get' | 'insert' | 'makeRoom' | 'remove' | 'use', Omit<Query, 'values'>>;

  constructor(private readonly database: PreparedDatabase) {
    const table = database.table(InitialAccessToken);
    const { parameter } = database.dialect;
    const columns = database.columns(InitialAccessToken);
    const known = columns
      .filter(({ isHidden }) => !isHidden)
      .map(({ name, property }) => `${name} AS "${property}"`)
      .join(', ');
    const names = columns.map(({ name }) => name).join(', ');
    const values = columns.map(({ type }, at) => `CAST(${parameter(at + 1)} AS ${type})`).join(', ');
    const prepared = (label: string, text: string) => ({ name: statementName(label, text), text });
    const isOver = `(expires_at > 0 AND expires_at <= ${parameter(1)}) OR (max_uses > 0 AND uses >= max_uses)`;
    this.texts = {
      list: prepared('initial_tokens', `SELECT ${known} FROM ${table} ORDER BY created_at, id`),
      get: prepared('initial_token', `SELECT ${known} FROM ${table} WHERE id = ${parameter(1)}`),
      insert: prepared(
        'initial_token_add',
        `INSERT INTO ${table} (${names}) SELECT ${values} WHERE (SELECT count(*) FROM ${table}) < ${MOST_TOKENS}`,
      ),
      makeRoom: prepared(
        'initial_token_room',
        `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${isOver} ORDER BY created_at, id LIMIT ${BATCH})`,
      ),
      remove: prepared('initial_token_remove', `DELETE FROM ${table} WHERE id = ${parameter(1)}`),
      // Uses by concurrent transactions count: PostgreSQL waits for their end, and checks the row again.
      use: prepared(
        'initial_token_use',
        `UPDATE ${table} SET uses = uses + 1, last_used_at = ${parameter(2)} WHERE id = ${parameter(3)} AND NOT (${isOver})`,
      ),
    };
    this.byDigest = new KeyedRead(database, {
      label: 'initial_token_digest',
      text: (isKey) => `SELECT ${known}, digest FROM ${table} WHERE digest ${isKey}`,
      keyOf: ({ digest }) => digest,
      isUnique: true,
    });
  }

  /** Returns the token with a digest; look-ups within one turn of the event loop share a statement. */
  async find(digest: string): Promise<KnownToken | undefined> {
    const [row] = await this.byDigest.rows(digest, this.database);
    return row && knownToken(row);
  }

  /** Returns all tokens, the oldest first. */
  async list(): Promise<KnownToken[]> {
    return (await this.database.rows<Row>({ ...this.texts.list, values: [] })).map(knownToken);
  }

  /** Returns one token. */
  async get(id: string): Promise<KnownToken | undefined> {
    const row = await this.database.row<Row>({ ...this.texts.get, values: [id] });
    return row && knownToken(row);
  }

  /**
   * Inserts a token. If there are too many, the oldest that have ended or are used up make room; returns false when none has.
   *
   * @param signal when it is aborted while the insert waits for the database, nothing is stored. Default none
   */
  async insert(token: InitialAccessToken, signal?: AbortSignal): Promise<boolean> {
    const columns = this.database.columns(InitialAccessToken);
    const values = columns.map(({ property }) => token[property as keyof InitialAccessToken]);
    const insertion = { ...this.texts.insert, values };
    const insert = () => this.database.change([insertion], undefined, signal);
    if (await insert()) return true;
    const makeRoom = { ...this.texts.makeRoom, values: [epochSeconds()] };
    return (await this.database.change([makeRoom], undefined, signal)) && insert();
  }

  /**
   * Removes a token; returns false when it is already gone.
   *
   * @param signal as for {@link insert}
   */
  remove(id: string, signal?: AbortSignal): Promise<boolean> {
    return this.database.change([{ ...this.texts.remove, values: [id] }], undefined, signal);
  }

  /** Counts one use of a token if it is still usable; returns whether it was. */
  use(id: string, executor: Executor): Promise<boolean> {
    const values = [epochSeconds(), new Date().toISOString(), id];
    return executor.change([{ ...this.texts.use, values }]);
  }
}

/** Returns the row without its digest. */
function knownToken({ id, label, policy, owner, expiresAt, maxUses, uses, ...times }: Row): KnownToken {
  const { createdAt, createdBy, lastUsedAt } = times;
  return { id, label, policy, owner, createdAt, createdBy, expiresAt: Number(expiresAt), maxUses, uses, lastUsedAt };
}
