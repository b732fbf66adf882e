import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { withDefaults } from '../clients/checked-options.js';
import { databaseOf } from '../clients/mount/clients.module-builder.js';
import { mounted } from '../clients/mount/mounted-controllers.js';
import { PreparedDatabase } from '../database/sql/prepared-database.js';
import { keyEntities } from '../keys/api-key.entity.js';
import { MethodNotAllowedModule } from '../oauth-error/method-not-allowed.module.js';
import { registrationTokenEntities } from '../registration/tokens/initial-access-token.entity.js';
import { ExpiringController } from './expiring.controller.js';
import { ExpiringService } from './expiring.service.js';
import { ExpiringStatements } from './expiring.statements.js';
import { ExpiryMount } from './expiry-mount.js';
import { EXPIRING } from './paths.js';

const MODULE = 'ExpiryModule';

/** Lists secrets of clients, API keys and initial access tokens that end soon, at `/admin/expiring`. Imported beside `ClientsModule`. */
@Module({ imports: [MethodNotAllowedModule], providers: [ExpiringStatements, ExpiringService] })
export class ExpiryModule implements OnModuleInit {
  /** @internal */
  constructor(private readonly database: PreparedDatabase) {}

  /**
   * Returns the module with its options.
   *
   * @param options where and how it is mounted. Default: all defaults
   * @throws ClientsOptionsError for a wrong option
   */
  static forRoot(options: Partial<ExpiryMount> = {}): DynamicModule {
    const mount = withDefaults(new ExpiryMount(), options, MODULE);
    return {
      module: ExpiryModule,
      imports: mount.imports,
      controllers: mount.controllers ? [mounted(ExpiringController, mount.routePrefix + EXPIRING, mount)] : [],
      providers: [databaseOf(mount.dataSource, MODULE)],
    };
  }

  /**
   * @hidden
   * @throws Error when the table of API keys, or of initial access tokens, is missing
   */
  onModuleInit(): Promise<void> {
    return this.database.check([...keyEntities, ...registrationTokenEntities]);
  }
}
