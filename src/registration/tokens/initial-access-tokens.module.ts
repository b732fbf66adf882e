import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { withDefaults } from '../../clients/checked-options.js';
import { databaseOf } from '../../clients/mount/clients.module-builder.js';
import { joined, RAW_PATHS } from '../../clients/mount/clients-mount.js';
import { mounted } from '../../clients/mount/mounted-controllers.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { MethodNotAllowedModule } from '../../oauth-error/method-not-allowed.module.js';
import { registrationTokenEntities } from './initial-access-token.entity.js';
import { InitialAccessTokenStatements } from './initial-access-token.statements.js';
import { InitialAccessTokens } from './initial-access-tokens.js';
import { InitialAccessTokensMount } from './initial-access-tokens-mount.js';
import { KnownPolicies } from './known-policies.js';
import { REGISTRATION_TOKENS } from './paths.js';
import { RegistrationTokensController } from './registration-tokens.controller.js';

const MODULE = 'InitialAccessTokensModule';

/**
 * Provides the routes of initial access tokens, at `/admin/registration-tokens`, and {@link InitialAccessTokens}. An application imports it beside
 * `ClientsModule`. The routes are for administrators, so they need other guards than `RegistrationModule`, by which clients register themselves.
 */
@Module({
  imports: [MethodNotAllowedModule],
  providers: [InitialAccessTokenStatements, KnownPolicies, InitialAccessTokens],
  exports: [InitialAccessTokens],
})
export class InitialAccessTokensModule implements OnModuleInit {
  /** @internal */
  constructor(private readonly database: PreparedDatabase) {}

  /**
   * Returns the module with its options.
   *
   * @param options where and how it is mounted. Default: all defaults
   * @throws ClientsOptionsError for a wrong option
   */
  static forRoot(options: Partial<InitialAccessTokensMount> = {}): DynamicModule {
    const mount = withDefaults(new InitialAccessTokensMount(), options, MODULE);
    const path = joined(mount.routePrefix, REGISTRATION_TOKENS);
    return {
      module: InitialAccessTokensModule,
      imports: mount.imports,
      controllers: mount.controllers ? [mounted(RegistrationTokensController, path, mount)] : [],
      providers: [
        { provide: RAW_PATHS, useValue: mount.controllers ? [path] : [] },
        databaseOf(mount.dataSource, MODULE),
      ],
    };
  }

  /**
   * @hidden
   * @throws Error when the table of initial access tokens is missing
   */
  onModuleInit(): Promise<void> {
    return this.database.check(registrationTokenEntities);
  }
}
