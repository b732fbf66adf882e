import { Logger } from '@nestjs/common';
import { statementName, type PreparedDatabase, type Query } from '../database/sql/prepared-database.js';
import { ClientSecret } from './client-secret.entity.js';
import type { ImportedSecrets } from './imported-secrets.js';
import type { StoredSecret } from './secret-matcher.js';

/** Resolution of `last_used_at` in milliseconds: not every request of a busy client may cost a write. */
const RESOLUTION = 60_000;

/** Writes what follows the success of a secret. When that fails, the log says so, and the client has authenticated. */
export class SecretUses {
  private readonly logger = new Logger(SecretUses.name);
  private readonly query: Omit<Query, 'values'>;

  /** @param imported replaces imported hashes; left out, they stay */
  constructor(
    private readonly database: PreparedDatabase,
    private readonly imported?: ImportedSecrets,
  ) {
    const [now, id] = [1, 2].map((place) => database.dialect.parameter(place));
    const text = `UPDATE ${database.table(ClientSecret)} SET last_used_at = ${now} WHERE id = ${id}`;
    this.query = { name: statementName('secret_use', text), text };
  }

  /**
   * Updates `last_used_at` of a secret, to the minute, and replaces the hash of an imported one.
   *
   * @param presented what the client presented; it matches
   */
  async note(secret: Pick<StoredSecret, 'id' | 'hash' | 'used'>, presented: string): Promise<void> {
    const remembered = this.remember(secret).catch(() =>
      this.logger.warn('last_used_at of a secret could not be updated.'),
    );
    await Promise.all([remembered, this.imported?.replace(secret, presented)]);
  }

  private async remember({ id, used }: Pick<StoredSecret, 'id' | 'used'>): Promise<void> {
    const now = new Date().toISOString();
    if (used && Date.parse(now) - Date.parse(used) < RESOLUTION) return;
    await this.database.change([{ ...this.query, values: [now, id] }]);
  }
}
