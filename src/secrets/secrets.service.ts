import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Inject, Injectable, Logger } from '@nestjs/common';
import pLimit from 'p-limit';
import { PreparedDatabase, type Query } from '../database/prepared-database.js';
import { ClientSecret } from './client-secret.entity.js';
import { generateSecret, isGenerated, SECRET_PREFIX } from './secret-format.js';
import { hashSecret, SecretVerifier } from './secret-hash.js';
import { epochSeconds } from './secret-set.js';
import { SECRETS_OPTIONS, type SecretsOptions } from './secrets.options.js';

const DEFAULT_COST = 10;
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
export class SecretsService {
  private readonly logger = new Logger(SecretsService.name);
  private readonly cost: number;
  private readonly verifier: SecretVerifier;
  private readonly valid: Omit<Query, 'values'>;
  private readonly use: Omit<Query, 'values'>;
  /** bcrypt runs on libuv's few threads, which name look-ups and files need too: no more at once than there are cores. */
  private readonly hashing = pLimit(availableParallelism());

  constructor(
    private readonly database: PreparedDatabase,
    @Inject(SECRETS_OPTIONS) { bcryptCost = DEFAULT_COST }: SecretsOptions,
  ) {
    this.cost = bcryptCost;
    this.verifier = new SecretVerifier(bcryptCost);
    const table = database.table(ClientSecret);
    const [first, second] = [database.parameter(1), database.parameter(2)];
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
   * A secret for a client, not yet written.
   *
   * @param chosen the caller's own secret; `''` to generate one
   */
  async issue(clientId: string, chosen = ''): Promise<IssuedSecret> {
    const clear = chosen || generateSecret(SECRET_PREFIX);
    const hash = await this.inTurn(clear, () => hashSecret(clear, this.cost));
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
   * A secret that was used is remembered as such, to the minute.
   */
  async verify(clientId: string, presented: string): Promise<boolean> {
    const rows = await this.database.rows<StoredSecret>({ ...this.valid, values: [clientId, epochSeconds()] });
    const hashes = rows.map(({ hash }) => hash);
    const found = rows[await this.inTurn(presented, () => this.verifier.find(presented, hashes))];
    if (found) await this.remember(found).catch(() => this.logger.warn('The use of a secret could not be noted.'));
    return found !== undefined;
  }

  /** What needs bcrypt waits for its turn; what is told by its prefix costs a digest and does not. */
  private inTurn<T>(secret: string, work: () => Promise<T>): Promise<T> {
    return secret.startsWith(SECRET_PREFIX) ? work() : this.hashing(work);
  }

  private async remember({ id, used }: StoredSecret): Promise<void> {
    const now = new Date().toISOString();
    if (used && Date.parse(now) - Date.parse(used) < USE_RESOLUTION) return;
    await this.database.change([{ ...this.use, values: [now, id] }]);
  }
}
