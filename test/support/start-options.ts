import type { LoggerService } from '@nestjs/common';
import type { ClientsModuleOptions } from '../../src/index.js';
import type { TestDatabase } from './databases.js';

/** How an application is started for a test. */
export interface StartOptions {
  database: TestDatabase;
  /** Variables of the environment. */
  environment?: Record<string, string>;
  options?: Partial<ClientsModuleOptions>;
  logger?: LoggerService | false;
}
