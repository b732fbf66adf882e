import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ApiKeys } from '../../keys/api-keys.service.js';
import { epochSeconds } from '../../secrets/secret-set.js';
import { Config } from '../config/config.js';

/** Warns at start when callers need an API key and no valid one exists. The start goes on: a key can still be made. */
@Injectable()
export class KeysAtStart implements OnApplicationBootstrap {
  private readonly logger = new Logger('ApiKeys');

  constructor(
    private readonly config: Config,
    private readonly keys: ApiKeys,
  ) {}

  /** @throws OAuthError 503 when the database cannot answer */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.ADMIN_AUTH.includes('api-key') || this.config.ADMIN_API_KEY !== '') return;
    const now = epochSeconds();
    const all = await this.keys.list();
    if (all.some(({ expires_at: end }) => end === 0 || end > now)) return;
    this.logger.warn(
      'No API key lets anybody in: make one with oauth2-client-registry keys create, or set ADMIN_API_KEY.',
    );
  }
}
