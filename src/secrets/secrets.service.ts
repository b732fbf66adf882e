import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { PreparedDatabase } from '../database/prepared-database.js';
import { ClientSecret } from './client-secret.entity.js';
import { generateSecret, isGenerated, SECRET_PREFIX } from './secret-format.js';
import { hashSecret, SecretVerifier } from './secret-hash.js';
import { SECRETS_OPTIONS, type SecretsOptions } from './secrets.options.js';

const DEFAULT_COST = 10;

/** A secret at the one moment at which it is known in clear. */
export interface IssuedSecret {
  clear: string;
  row: ClientSecret;
}

/** Makes and checks the secrets of clients. */
@Injectable()
export class SecretsService {
  private readonly cost: number;
  private readonly verifier: SecretVerifier;
  private readonly validHashes: string;
  /** bcrypt runs on libuv's few threads, which name look-ups and files need too: no more at once than there are cores. */
  private readonly hashing = pLimit(availableParallelism());

  constructor(
    private readonly database: PreparedDatabase,
    @Inject(SECRETS_OPTIONS) { bcryptCost = DEFAULT_COST }: SecretsOptions,
  ) {
    this.cost = bcryptCost;
    this.verifier = new SecretVerifier(bcryptCost);
    const [client, now] = [database.parameter(1), database.parameter(2)];
    this.validHashes = `SELECT hash FROM ${database.table(ClientSecret)} WHERE client_id = ${client} AND (expires_at = 0 OR expires_at > ${now})`;
  }

  /**
   * A secret for a client, not yet written.
   *
   * @param chosen the caller's own secret; `''` to generate one
   * @param expiresAt seconds since the epoch, 0 = never
   */
  async issue(clientId: string, chosen: string, expiresAt: number): Promise<IssuedSecret> {
    const clear = chosen || generateSecret(SECRET_PREFIX);
    const hash = await this.hashing(() => hashSecret(clear, this.cost));
    const hint = isGenerated(clear) ? clear.slice(-4) : null;
    const row = Object.assign(new ClientSecret(), {
      id: randomUUID(),
      clientId,
      hash,
      hint,
      createdAt: new Date().toISOString(),
      expiresAt,
      lastUsedAt: null,
    });
    return { clear, row };
  }

  /** Is `presented` a secret of the client that has not ended? False for an unknown client too, at the same cost. */
  async verify(clientId: string, presented: string): Promise<boolean> {
    const values = [clientId, Math.floor(Date.now() / 1000)];
    const rows = await this.database.rows<{ hash: string }>({
      name: 'oauth2_client_secret_valid',
      text: this.validHashes,
      values,
    });
    return this.hashing(() =>
      this.verifier.matches(
        presented,
        rows.map(({ hash }) => hash),
      ),
    );
  }
}
