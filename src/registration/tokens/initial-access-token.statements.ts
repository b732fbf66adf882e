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

/** Most tokens that make room for a new one. */
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
      // What another transaction has written meanwhile counts: PostgreSQL waits for its end, and looks at the row again.
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

  /** The token with a digest; those that are asked for in one turn are one statement. */
  async find(digest: string): Promise<KnownToken | undefined> {
    const [row] = await this.byDigest.rows(digest, this.database);
    return row && knownToken(row);
  }

  /** All tokens, the oldest first. */
  async list(): Promise<KnownToken[]> {
    return (await this.database.rows<Row>({ ...this.texts.list, values: [] })).map(knownToken);
  }

  /** One token. */
  async get(id: string): Promise<KnownToken | undefined> {
    const row = await this.database.row<Row>({ ...this.texts.get, values: [id] });
    return row && knownToken(row);
  }

  /**
   * Stores a token. Where there are too many, the oldest that have ended or are used up make room; false when none has.
   *
   * @param signal when it is aborted while the token waits for the database, it is not stored. Default none
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
   * Removes a token; false when it is gone already.
   *
   * @param signal as for {@link insert}
   */
  remove(id: string, signal?: AbortSignal): Promise<boolean> {
    return this.database.change([{ ...this.texts.remove, values: [id] }], undefined, signal);
  }

  /** Counts one use of a token that can still be used; false when it cannot. */
  use(id: string, executor: Executor): Promise<boolean> {
    const values = [epochSeconds(), new Date().toISOString(), id];
    return executor.change([{ ...this.texts.use, values }]);
  }
}

/** The row without its digest. */
function knownToken({ id, label, policy, owner, expiresAt, maxUses, uses, ...times }: Row): KnownToken {
  const { createdAt, createdBy, lastUsedAt } = times;
  return { id, label, policy, owner, createdAt, createdBy, expiresAt: Number(expiresAt), maxUses, uses, lastUsedAt };
}
