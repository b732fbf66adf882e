import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { limitOf } from '../concurrency/limit.js';
import { KeyedRead } from '../database/sql/keyed-read.js';
import { PreparedDatabase, statementName, type Query } from '../database/sql/prepared-database.js';
import { ClientSecret, isPossibleId, SECRET_HINT_LENGTH } from './client-secret.entity.js';
import { SecretMatcher, type SlowCheck, type StoredSecret } from './secret-matcher.js';
import { generateSecret, isGenerated, secretFault } from './secret-format.js';
import { hashSecret, SecretVerifier } from './secret-hash.js';
import { BcryptHasher, type SecretHasher } from './secret-hasher.js';
import { epochSeconds } from './secret-set.js';
import { SecretsOptions } from './secrets.options.js';

/** Injection token of the host's own {@link SecretHasher}; `null` when it has none. */
export const SECRET_HASHER = Symbol('SecretHasher');
/** Injection token of the entity of the clients, which has `id` and `suspended`: what this room needs to know of it. */
export const SECRET_HOLDER = Symbol('SecretHolder');
/** Resolution of `last_used_at` in milliseconds: not every request of a busy client may cost a write. */
const USE_RESOLUTION = 60_000;

/** A new secret, at the only moment at which it is known in clear. */
export interface IssuedSecret {
  /** The secret as the client presents it. */
  clear: string;
  /** The row to store. */
  row: ClientSecret;
}

interface StoredRow extends Omit<StoredSecret, 'expiresAt'> {
  clientId: string;
  suspended: string | null;
}

/**
 * What a presented secret is: `valid`, `wrong`, or `suspended`: the right one of a client that may not authenticate now. Whoever presented
 * it is told the same for `wrong` and `suspended`.
 */
export type SecretVerdict = 'valid' | 'wrong' | 'suspended';

/** Issues and verifies the secrets of clients. */
@Injectable()
export class SecretsService implements OnModuleInit {
  private readonly logger = new Logger(SecretsService.name);
  private readonly hasher: SecretHasher;
  private readonly verifier: SecretVerifier;
  private readonly matcher: SecretMatcher;
  private readonly valid: KeyedRead<StoredRow>;
  private readonly use: Omit<Query, 'values'>;
  private readonly hash: Omit<Query, 'values'>;
  /** Limits bcrypt to as many calls as there are cores: it runs on libuv's few threads, which DNS and files need too. */
  private readonly hashing = limitOf(availableParallelism());

  /** @internal */
  constructor(
    private readonly database: PreparedDatabase,
    private readonly options: SecretsOptions,
    @Inject(SECRET_HASHER) hasher: SecretHasher | null,
    @Inject(SECRET_HOLDER) holder: EntityTarget<ObjectLiteral>,
  ) {
    const bcrypt = new BcryptHasher(options.bcryptCost);
    this.hasher = hasher ?? bcrypt;
    this.verifier = new SecretVerifier(this.hasher, hasher ? [bcrypt] : []);
    this.matcher = new SecretMatcher(this.verifier, this.hashing);
    const table = database.table(ClientSecret);
    const first = database.dialect.parameter(1);
    const second = database.dialect.parameter(2);
    this.valid = new KeyedRead(database, {
      label: 'secret_valid',
      text: (isKey) =>
        `SELECT secret.id, secret.client_id AS "clientId", secret.hash, secret.last_used_at AS used, client.suspended
          FROM ${table} AS secret JOIN ${database.table(holder)} AS client ON client.id = secret.client_id
          WHERE secret.client_id ${isKey} AND (secret.expires_at = 0 OR secret.expires_at > ${second}) ORDER BY secret.client_version DESC`,
      keyOf: ({ clientId }) => clientId,
      others: () => [epochSeconds()],
    });
    const use = `UPDATE ${table} SET last_used_at = ${first} WHERE id = ${second}`;
    this.use = { name: statementName('secret_use', use), text: use };
    const hash = `SELECT hash FROM ${table} WHERE id = ${first}`;
    this.hash = { name: statementName('secret_hash', hash), text: hash };
  }

  /**
   * @hidden
   * @throws Error when the hasher does not work
   */
  onModuleInit(): Promise<void> {
    return this.verifier.ready();
  }

  /**
   * Checks a secret that a caller chose, see {@link secretFault}.
   *
   * @internal
   * @returns the predicate of a sentence that says why it is refused; `undefined` when it is accepted
   */
  faultOf(secret: string): string | undefined {
    return secretFault(secret, this.options.prefix);
  }

  /**
   * Makes a secret for a client; nothing is stored yet.
   *
   * @internal
   * @param clientId the `client_id`
   * @param chosen the secret that the caller chose; `''`, the default, to generate one
   */
  async issue(clientId: string, chosen = ''): Promise<IssuedSecret> {
    const clear = chosen || generateSecret(this.options.prefix, this.options.entropy);
    const hash = await this.inTurn(clear, () => hashSecret(clear, this.hasher));
    const hint = isGenerated(clear) ? clear.slice(-SECRET_HINT_LENGTH) : null;
    const row = Object.assign(new ClientSecret(), {
      id: randomUUID(),
      clientId,
      clientVersion: 1,
      label: null,
      hash,
      hint,
      createdAt: new Date().toISOString(),
      expiresAt: 0,
      lastUsedAt: null,
    });
    return { clear, row };
  }

  /**
   * The secret to show for a client whose method uses none. Nobody stores it, so it never authenticates.
   *
   * @internal
   * @param chosen the secret that the caller chose; `''` to generate one
   * @returns `undefined` unless {@link SecretsOptions.forEveryMethod} is set
   */
  unusable(chosen: string): string | undefined {
    const { forEveryMethod, prefix, entropy } = this.options;
    return forEveryMethod ? chosen || generateSecret(prefix, entropy) : undefined;
  }

  /**
   * Is `presented` a secret of the client that has not expired, and the client not suspended? Everything else is false, at the same cost.
   * A successful verification updates `last_used_at` of the secret, to the minute, unless it takes part in a transaction.
   *
   * @param clientId the `client_id`
   * @param presented what the client presents (RFC 6749 §2.3.1), decoded; what is no text is wrong
   * @param options `manager` of the transaction to read in. Default none
   * @throws Error when the database or the hasher fails; OAuthError 400 when the id is no string; never for a wrong secret
   */
  async verify(
    clientId: string,
    presented: string | null | undefined,
    options: { manager?: EntityManager } = {},
  ): Promise<boolean> {
    return (await this.judge(clientId, presented, options)) === 'valid';
  }

  /**
   * As {@link verify}, for a caller that logs why a client is refused. Do not tell the client.
   *
   * @param clientId the `client_id`
   * @param presented what the client presents, as for {@link verify}
   * @param options `manager` of the transaction to read in. Default none
   * @returns `suspended` only for a secret that is right, so that nobody learns it without one
   */
  async judge(
    clientId: string,
    presented: string | null | undefined,
    { manager }: { manager?: EntityManager } = {},
  ): Promise<SecretVerdict> {
    // No secret is empty: it is compared as every wrong one is.
    const text = typeof presented === 'string' ? presented : '';
    const executor = this.database.within(manager);
    const rows = isPossibleId(clientId) ? await this.valid.rows(clientId, executor) : [];
    const found = await this.which(clientId, text, rows);
    if (!found) return 'wrong';
    if (found.suspended !== null) return 'suspended';
    // Not within a caller's transaction: it may have locked the row itself.
    if (executor === this.database) await this.noteUse(found);
    return 'valid';
  }

  /**
   * Finds the secret that was presented. A chosen one costs its slow hash once; equal checks at one time are one.
   *
   * @internal
   * @param stored the secrets of the client that have not ended
   * @param check counts slow comparisons. Default nobody does
   * @throws OAuthError 503 when too many wait for a slow hash; Error when the hasher fails
   */
  async which<Secret extends Pick<StoredSecret, 'hash'>>(
    clientId: string,
    presented: string,
    stored: readonly Secret[],
    check?: SlowCheck,
  ): Promise<Secret | undefined> {
    return stored[
      await this.matcher.find(
        clientId,
        presented,
        stored.map(({ hash }) => hash),
        check,
      )
    ];
  }

  /**
   * Updates `last_used_at` of a secret, to the minute. When that fails, the log says so.
   *
   * @internal
   */
  async noteUse({ id, used }: Pick<StoredSecret, 'id' | 'used'>): Promise<void> {
    const now = new Date().toISOString();
    if (used && Date.parse(now) - Date.parse(used) < USE_RESOLUTION) return;
    await this.database
      .change([{ ...this.use, values: [now, id] }])
      .catch(() => this.logger.warn('last_used_at of a secret could not be updated.'));
  }

  /**
   * Is `presented` the secret whose row has this id, expired or not?
   *
   * @internal
   * @returns false also when the row is gone
   */
  async isSecret(secretId: string, presented: string, { manager }: { manager?: EntityManager }): Promise<boolean> {
    const row = await this.database.within(manager).row<{ hash: string }>({ ...this.hash, values: [secretId] });
    return row !== undefined && this.inTurn(presented, () => this.verifier.isMadeFrom(row.hash, presented));
  }

  /** Queues work that needs the hasher. A generated secret costs only a digest, so it does not wait. */
  private inTurn<T>(secret: string, work: () => Promise<T>): Promise<T> {
    return isGenerated(secret) ? work() : this.hashing(work);
  }
}
