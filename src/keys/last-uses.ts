import { Injectable, Logger } from '@nestjs/common';
import { MOST_KEYS } from './api-key-errors.js';
import { ApiKeyStatements, type KnownKey } from './api-key.statements.js';

/** Resolution of `last_used_at`, in milliseconds, so that not every request costs a write. */
const RESOLUTION = 60_000;

/** Records when API keys were last used, at most once a minute for each key. The request neither waits for the write nor fails with it. */
@Injectable()
export class LastUses {
  private readonly logger = new Logger('ApiKeys');
  /** When this process last tried to record a use, in milliseconds since the epoch, by the id of the key. */
  private readonly tried = new Map<string, number>();

  constructor(private readonly statements: ApiKeyStatements) {}

  /** Records that a key is used now. */
  note({ id, lastUsedAt }: KnownKey): void {
    const now = Date.now();
    if (now - (this.tried.get(id) ?? 0) < RESOLUTION) return;
    if (lastUsedAt !== null && now - Date.parse(lastUsedAt) < RESOLUTION) return;
    // Entries of revoked keys are never looked up again, and would accumulate.
    if (this.tried.size >= MOST_KEYS) this.tried.clear();
    this.tried.set(id, now);
    this.statements.use(id, new Date(now).toISOString()).catch((error: Error) => {
      this.logger.warn(`last_used_at of an API key could not be updated: ${error.message}`);
    });
  }
}
