import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Limit } from '../concurrency/limit.js';
import { KeyedRead } from '../database/sql/keyed-read.js';
import { PreparedDatabase, statementName, type Executor, type Query } from '../database/sql/prepared-database.js';
import { ClientSecret, isPossibleId, SECRET_HINT_LENGTH } from './client-secret.entity.js';
import { SecretUses } from './secret-uses.js';
import { SecretMatcher, type FoundSecret, type SlowCheck, type StoredSecret } from './secret-matcher.js';
import { ImportedSecrets } from './imported-secrets.js';
import { importedForm } from './imported/imported-hash.js';
import { generateSecret, isGenerated, secretFault } from './generated/secret-format.js';
import { newSecret } from './new-secret.js';
import { hashSecret, SecretVerifier } from './secret-hash.js';
import { BcryptHasher, type SecretHasher } from './secret-hasher.js';
import { epochSeconds } from './secret-set.js';
import { SlowTurns } from './slow-turns.js';
import { SecretsOptions } from './secrets.options.js';

/** Injection token of the host's own {@link SecretHasher}; `null` when the host has none. */
export const SECRET_HASHER = Symbol('SecretHasher');
/** Injection token of the entity of clients; secrets need only its `id` and `suspended`. */
export const SECRET_HOLDER = Symbol('SecretHolder');

/** A new secret, at the only moment when its clear text is known. */
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
 * The verdict on a presented secret: `valid`, `wrong`, or `suspended` for the right secret of a suspended client, which cannot authenticate
 * now. The client must get the same answer for `wrong` and `suspended`.
 */
export type SecretVerdict = 'valid' | 'wrong' | 'suspended';

/** Issues and verifies the secrets of clients. */
@Injectable()
export class SecretsService implements OnModuleInit {
  private readonly hasher: SecretHasher;
  private readonly verifier: SecretVerifier;
  private readonly matcher: SecretMatcher;
  private readonly valid: KeyedRead<StoredRow>;
  private readonly hash: Omit<Query, 'values'>;
  private readonly imported?: ImportedSecrets;
  private readonly turns = new SlowTurns();

  /** @internal */
  constructor(
    private readonly database: PreparedDatabase,
    private readonly options: SecretsOptions,
    @Inject(SECRET_HASHER) hasher: SecretHasher | null,
    @Inject(SECRET_HOLDER) holder: EntityTarget<ObjectLiteral>,
    private readonly uses: SecretUses,
  ) {
    const bcrypt = new BcryptHasher(options.bcryptCost);
    this.hasher = hasher ?? bcrypt;
    this.verifier = new SecretVerifier(this.hasher, hasher ? [bcrypt] : []);
    this.matcher = new SecretMatcher(this.verifier, this.turns);
    const table = database.table(ClientSecret);
    const first = database.dialect.parameter(1);
    const second = database.dialect.parameter(2);
    this.valid = new KeyedRead(database, {
      label: 'secret_valid',
      // The plus keeps SQLite from planning the statement anew each time, see `Candidates`.
      text: (isKey) =>
        `SELECT secret.id, secret.client_id AS "clientId", secret.hash, client.suspended
          FROM ${table} AS secret JOIN ${database.table(holder)} AS client ON client.id = secret.client_id
          WHERE secret.client_id ${isKey} AND (+secret.expires_at = 0 OR +secret.expires_at > ${second}) ORDER BY secret.client_version DESC`,
      keyOf: ({ clientId }) => clientId,
      others: () => [epochSeconds()],
    });
    const hash = `SELECT hash FROM ${table} WHERE id = ${first}`;
    this.hash = { name: statementName('secret_hash', hash), text: hash };
    if (options.rehashImported) this.imported = new ImportedSecrets(database, (secret) => this.ownForm(secret));
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
   * @returns the predicate of a sentence that says why the secret is rejected; `undefined` when it is accepted
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
   * @param signal ends the wait for the hasher. Default none
   * @throws OAuthError 503 when too many callers wait for the hasher; the signal's reason
   */
  async issue(clientId: string, chosen = '', signal?: AbortSignal): Promise<IssuedSecret> {
    const clear = chosen || generateSecret(this.options.prefix, this.options.entropy);
    const hint = isGenerated(clear) ? clear.slice(-SECRET_HINT_LENGTH) : null;
    return { clear, row: newSecret(clientId, await this.ownForm(clear, signal), hint) };
  }

  /**
   * Makes a secret for a client from a hash alone; nothing is stored yet.
   *
   * @internal
   * @param clientId the `client_id`
   * @param hash a hash by another system without a fault, see {@link importedHashFault}
   */
  import(clientId: string, hash: string): ClientSecret {
    return newSecret(clientId, importedForm(hash), null);
  }

  /**
   * Returns the secret to show for a client whose method uses none. It is not stored, so it never authenticates.
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
   * Returns whether `presented` is an unexpired secret of the client, and the client is not suspended. Everything else is false, at the same
   * cost. A change that was acknowledged before a slow comparison ended is taken into account.
   * A successful verification counts as a use of the client and the secret, unless it takes part in a transaction.
   *
   * @param clientId the `client_id`
   * @param presented what the client presents (RFC 6749 §2.3.1), decoded; a value that is not a string is wrong
   * @param options `manager` of the transaction to read in. Default none
   * @throws Error when the database or the hasher fails; OAuthError 400 when the id is not a string; never for a wrong secret
   */
  async verify(
    clientId: string,
    presented: string | null | undefined,
    options: { manager?: EntityManager } = {},
  ): Promise<boolean> {
    return (await this.judge(clientId, presented, options)) === 'valid';
  }

  /**
   * As {@link verify}, for a caller that logs why a client is refused. Do not reveal the verdict to the client.
   *
   * @param clientId the `client_id`
   * @param presented what the client presents, as for {@link verify}
   * @param options `manager` of the transaction to read in. Default none
   * @returns `suspended` only for a right secret, so that nobody without one learns of the suspension
   */
  async judge(
    clientId: string,
    presented: string | null | undefined,
    { manager }: { manager?: EntityManager } = {},
  ): Promise<SecretVerdict> {
    // No secret is empty: an empty text is compared like every wrong secret.
    const text = typeof presented === 'string' ? presented : '';
    const executor = this.database.within(manager);
    const rows = isPossibleId(clientId) ? await this.valid.rows(clientId, executor) : [];
    const match = await this.which(clientId, text, rows);
    const found = match?.waited ? await this.again(clientId, match.stored, executor) : match?.stored;
    if (!found) return 'wrong';
    if (found.suspended !== null) return 'suspended';
    // Rows that are read within a caller's transaction may never be committed, and the transaction may have locked them.
    if (executor === this.database) {
      this.uses.note({ client_id: clientId, secret_id: found.id });
      await this.renew(found, text);
    }
    return 'valid';
  }

  /** Reads a secret again after a slow comparison; returns `undefined` when it has expired or was removed. */
  private async again(clientId: string, { id }: StoredRow, executor: Executor): Promise<StoredRow | undefined> {
    return (await this.valid.rows(clientId, executor)).find((row) => row.id === id);
  }

  /**
   * Finds the secret that was presented. A chosen secret costs its slow hash once; equal checks at the same time share one.
   *
   * @internal
   * @param stored the client's secrets that have not expired
   * @param check counts slow comparisons. Default: they are not counted
   * @throws OAuthError 503 when too many comparisons wait for a slow hash; Error when the hasher fails
   */
  which<Secret extends Pick<StoredSecret, 'hash'>>(
    clientId: string,
    presented: string,
    stored: readonly Secret[],
    check?: SlowCheck,
  ): Promise<FoundSecret<Secret> | undefined> {
    return this.matcher.find(clientId, presented, stored, check);
  }

  /**
   * Replaces the hash of an imported secret that was right, as {@link ImportedSecrets.replace}.
   *
   * @internal
   */
  renew(secret: Pick<StoredSecret, 'id' | 'hash'>, presented: string): Promise<boolean> {
    return this.imported?.replace(secret, presented) ?? Promise.resolve(false);
  }

  /**
   * Returns whether `presented` is the secret whose row has this id, expired or not.
   *
   * @internal
   * @param options `manager` of the transaction to read in, and `signal` that ends the wait for the hasher. Default none
   * @returns false also when the row was removed
   * @throws OAuthError 503 when too many callers wait for the hasher; the signal's reason
   */
  async isSecret(
    secretId: string,
    presented: string,
    { signal, ...options }: { manager?: EntityManager; signal?: AbortSignal },
  ): Promise<boolean> {
    const hash = await this.storedForm(secretId, options);
    if (hash === undefined) return false;
    return this.inTurn('compare secret', presented, () => this.verifier.isMadeFrom(hash, presented), signal);
  }

  /**
   * Returns whether the secret whose row has this id was imported as `hash`, and its stored form was not replaced since.
   *
   * @internal
   */
  async isImportedAs(secretId: string, hash: string, options: { manager?: EntityManager }): Promise<boolean> {
    return (await this.storedForm(secretId, options)) === importedForm(hash);
  }

  private async storedForm(secretId: string, { manager }: { manager?: EntityManager }): Promise<string | undefined> {
    const row = await this.database.within(manager).row<{ hash: string }>({ ...this.hash, values: [secretId] });
    return row?.hash;
  }

  private ownForm(secret: string, signal?: AbortSignal): Promise<string> {
    return this.inTurn('hash secret', secret, () => hashSecret(secret, this.hasher), signal);
  }

  /** Queues work that uses the hasher. A generated secret costs only a digest, so its work does not wait. */
  private inTurn<T>(name: string, secret: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return isGenerated(secret) ? work() : this.turns.take(name, work, signal);
  }

  /**
   * The slow work that runs, and the slow work that waits for its turn.
   *
   * @internal
   */
  get hashing(): Limit {
    return this.turns.limit;
  }
}
