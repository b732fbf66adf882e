import { DatabaseSettings } from './database-settings.js';
import { AuthenticationWays, StrongKey } from './access-values.js';
import { Secret } from './secret-files.js';

/** The settings of the database, and of who may use the admin API. */
export class AccessSettings extends DatabaseSettings {
  /**
   * How callers of the admin API show who they are: `api-key`; or `none` to let everybody in. Required unless `ADMIN_HOST` is a
   * loopback address, where unset means `none`.
   */
  @AuthenticationWays()
  ADMIN_AUTH: string[] = [];

  /** API key that may do everything, 32 characters or more, for `api-key`. It is never stored. */
  @StrongKey()
  @Secret()
  ADMIN_API_KEY = '';

  /** May everybody who reaches the admin listener do everything? */
  get isOpen(): boolean {
    return this.ADMIN_AUTH.length === 0 || this.ADMIN_AUTH.includes('none');
  }
}
