import type { LoggerService, Type } from '@nestjs/common';
import type { Authenticator } from '../../src/access/authenticator.js';
import type { ClientsModuleOptions } from '../../src/index.js';
import type { WebhooksModuleOptions } from '../../src/webhooks/delivery/webhooks.options.js';
import type { TestDatabase } from './databases.js';

/** How an application is started for a test. */
export interface StartOptions {
  database: Pick<TestDatabase, 'url'>;
  /** Variables of the environment. */
  environment?: Record<string, string>;
  options?: Partial<ClientsModuleOptions>;
  /** Options of the webhooks of the standalone service, beside those that the environment sets. */
  webhooks?: WebhooksModuleOptions;
  /** Who may use the admin API of the standalone service, instead of those that the environment lets in. */
  authenticators?: readonly Authenticator[];
  /** Modules of the standalone service beside its own. */
  modules?: Type[];
  logger?: LoggerService | false;
}
