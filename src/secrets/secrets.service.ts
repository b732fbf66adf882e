import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import pLimit from 'p-limit';
import type { EntityManager } from 'typeorm';
import { PreparedDatabase, type Query } from '../database/prepared-database.js';
import { ClientSecret } from './client-secret.entity.js';
import { generateSecret, isGenerated, secretFault } from './secret-format.js';
import { hashSecret, SecretVerifier } from './secret-hash.js';
import { BcryptHasher, type SecretHasher } from './secret-hasher.js';
import { epochSeconds } from './secret-set.js';
import { SecretsOptions } from './secrets.options.js';

/** Injection token of the host's own {@link SecretHasher}. */
export const SECRET_HASHER = Symbol('SecretHasher');
/** How exact `last_used_at` is, in milliseconds: a busy client must not cost a write with each of its requests. */
const USE_RESOLUTION = 60_000;

/** A secret at the one moment at which it is known in clear. */
export interface IssuedSecret {
  clear: string;
  row: ClientSecret;
}

interface StoredSecret {
  id: string;
  hash: string;
  used: string | null;
}

/** Makes and checks the secrets of clients. */
@Injectable()
export class SecretsService implements OnModuleInit {
  private readonly logger = new Logger(SecretsService.name);
  private readonly hasher: SecretHasher;
  private readonly verifier: SecretVerifier;
  private readonly valid: Omit<Query, 'values'>;
  private readonly use: Omit<Query, 'values'>;
  /** bcrypt runs on libuv's few threads, which name look-ups and files need too: no more at once than there are cores. */
  private readonly hashing = pLimit(availableParallelism());

  /** @internal */
  constructor(
    private readonly database: PreparedDatabase,
    private readonly options: SecretsOptions,
    @Inject(SECRET_HASHER) hasher: SecretHasher | null,
  ) {
    const bcrypt = new BcryptHasher(options.bcryptCost);
    this.hasher = hasher ?? bcrypt;
    this.verifier = new SecretVerifier(this.hasher, hasher ? [bcrypt] : []);
    const table = database.table(ClientSecret);
    const first = database.dialect.parameter(1);
    const second = database.dialect.parameter(2);
    this.valid = {
      name: 'oauth2_client_secret_valid',
      text: `SELECT id, hash, last_used_at AS used FROM ${table} WHERE client_id = ${first} AND (expires_at = 0 OR expires_at > ${second}) ORDER BY client_version DESC`,
    };
    this.use = {
      name: 'oauth2_client_secret_use',
      text: `UPDATE ${table} SET last_used_at = ${first} WHERE id = ${second}`,
    };
  }

  /**
   * @hidden
   * @throws Error when the hasher does not work
   */
  onModuleInit(): Promise<void> {
    return this.verifier.ready();
  }

  /**
   * Why a chosen `secret` is refused, as the end of a sentence; `undefined` when it is taken.
   *
   * @internal
   */
  faultOf(secret: string): string | undefined {
    return secretFault(secret, this.options.prefix);
  }

  /**
   * A secret for a client, not yet written.
   *
   * @internal
   * @param chosen the caller's own secret; `''` to generate one
   */
  async issue(clientId: string, chosen = ''): Promise<IssuedSecret> {
    const clear = chosen || generateSecret(this.options.prefix, this.options.entropy);
    const hash = await this.inTurn(clear, () => hashSecret(clear, this.hasher));
    const hint = isGenerated(clear) ? clear.slice(-4) : null;
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
   * Is `presented` a secret of the client that has not ended? False for an unknown client too, at the same cost.
   * A secret that was used outside of a transaction is remembered as such, to the minute.
   *
   * @param clientId the `client_id`
   * @param presented what the client presents (RFC 6749 §2.3.1), decoded
   * @param options `manager` of a transaction to look in. Default none
   * @throws Error when the database or the hasher fails; never for a wrong secret
   */
  async verify(clientId: string, presented: string, { manager }: { manager?: EntityManager } = {}): Promise<boolean> {
    const executor = this.database.within(manager);
    const rows = await executor.rows<StoredSecret>({ ...this.valid, values: [clientId, epochSeconds()] });
    const hashes = rows.map(({ hash }) => hash);
    const found = rows[await this.inTurn(presented, () => this.verifier.find(presented, hashes))];
    // Within somebody's transaction it is not: the row may be one that the transaction itself has locked.
    if (found && executor === this.database)
      await this.remember(found).catch(() => this.logger.warn('The use of a secret could not be noted.'));
    return found !== undefined;
  }

  /** What needs bcrypt waits for its turn; what was generated costs a digest and does not. */
  private inTurn<T>(secret: string, work: () => Promise<T>): Promise<T> {
    return isGenerated(secret) ? work() : this.hashing(work);
  }

  private async remember({ id, used }: StoredSecret): Promise<void> {
    const now = new Date().toISOString();
    if (used && Date.parse(now) - Date.parse(used) < USE_RESOLUTION) return;
    await this.database.change([{ ...this.use, values: [now, id] }]);
  }
}
