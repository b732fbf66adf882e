import { ConfigurableModuleBuilder, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { withDefaults } from '../clients/checked-options.js';
import { databaseOf } from '../clients/mount/clients.module-builder.js';
import { joined, RAW_PATHS } from '../clients/mount/clients-mount.js';
import { mounted } from '../clients/mount/mounted-controllers.js';
import { REGISTER } from '../clients/tokens/registration-url.js';
import { PreparedDatabase } from '../database/sql/prepared-database.js';
import { MethodNotAllowedModule } from '../oauth-error/method-not-allowed.module.js';
import { ClientQuota } from './limits/client-quota.js';
import { CreationLimits } from './limits/creation-limits.js';
import { REGISTRATION_POLICIES, RegistrationPoliciesController } from './offer/registration-policies.controller.js';
import { RegistrationPolicies } from './policy/registration-policies.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationMount } from './registration-mount.js';
import { RegistrationOptions, type RegistrationModuleOptions } from './registration.options.js';
import { RegistrationService } from './registration.service.js';
import { Registry } from './registry.js';
import { sharedClientEntities } from './reuse/shared-client.entity.js';
import { SharedClientStatements } from './reuse/shared-client.statements.js';
import { SharedClients } from './reuse/shared-clients.js';
import { UnusedClientSweeper } from './sweeping/unused-client.sweeper.js';
import { UnusedClients } from './sweeping/unused-clients.js';
import { InitialAccess } from './tokens/initial-access.js';
import { registrationTokenEntities } from './tokens/initial-access-token.entity.js';
import { InitialAccessTokenStatements } from './tokens/initial-access-token.statements.js';
import { InitialAccessTokens } from './tokens/initial-access-tokens.js';
import { KnownPolicies } from './tokens/known-policies.js';

const MODULE = 'RegistrationModule';

/** `forRoot` and `forRootAsync` of the module, and the injection token of its options. */
export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: REGISTRATION_OPTIONS,
  OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<RegistrationModuleOptions>({ moduleName: 'Registration' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createRegistrationOptions')
  .setExtras(new RegistrationMount(), (definition, given) => {
    const names = new Set(Object.keys(new RegistrationMount()));
    const options = Object.entries(given).filter(([name]) => names.has(name));
    const mount = withDefaults(new RegistrationMount(), Object.fromEntries(options), MODULE);
    const path = joined(mount.routePrefix, REGISTER);
    return {
      ...definition,
      imports: [...(definition.imports ?? []), ...mount.imports],
      controllers: mount.controllers
        ? [
            mounted(RegistrationController, path, mount),
            mounted(RegistrationPoliciesController, joined(mount.routePrefix, REGISTRATION_POLICIES), mount),
          ]
        : [],
      providers: [
        ...(definition.providers ?? []),
        { provide: RegistrationMount, useValue: mount },
        { provide: RAW_PATHS, useValue: mount.controllers ? [path] : [] },
        databaseOf(mount.dataSource, MODULE),
      ],
    };
  })
  .build();

/**
 * Lets clients register themselves (RFC 7591) and manage their registration (RFC 7592); exports {@link RegistrationService} and
 * {@link InitialAccessTokens}. An application imports it beside `ClientsModule`; without it, clients are registered only through the admin API.
 */
@Module({
  imports: [MethodNotAllowedModule],
  providers: [
    Registry,
    RegistrationService,
    InitialAccess,
    ClientQuota,
    SharedClients,
    SharedClientStatements,
    InitialAccessTokens,
    KnownPolicies,
    InitialAccessTokenStatements,
    UnusedClientSweeper,
    {
      provide: UnusedClients,
      inject: [PreparedDatabase, Registry],
      useFactory: (database: PreparedDatabase, registry: Registry) => new UnusedClients(database, () => registry.parts),
    },
    {
      provide: CreationLimits,
      inject: [RegistrationOptions],
      useFactory: ({ limits }: RegistrationOptions) => new CreationLimits(limits),
    },
    {
      provide: RegistrationOptions,
      inject: [REGISTRATION_OPTIONS],
      useFactory: (given: RegistrationModuleOptions) => withDefaults(new RegistrationOptions(), given, MODULE),
    },
    {
      provide: RegistrationPolicies,
      inject: [RegistrationOptions],
      useFactory: ({ policies }: RegistrationOptions) => RegistrationPolicies.read(policies),
    },
  ],
  exports: [RegistrationService, RegistrationPolicies, InitialAccessTokens],
})
export class RegistrationModule extends ConfigurableModuleClass implements OnModuleInit {
  /** @internal */
  constructor(private readonly database: PreparedDatabase) {
    super();
  }

  /**
   * Returns the module with its options.
   *
   * @param options {@link RegistrationModuleOptions} and {@link RegistrationMount} in one object. Default: all defaults
   * @throws ClientsOptionsError for a wrong option of the mount; the others are checked when the application starts
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * Returns the module with options from a provider.
   *
   * @param options {@link RegistrationMount}, together with the provider of {@link RegistrationModuleOptions}
   * @throws ClientsOptionsError for a wrong option of the mount
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /**
   * @hidden
   * @throws Error when a table of registration is missing
   */
  onModuleInit(): Promise<void> {
    return this.database.check([...registrationTokenEntities, ...sharedClientEntities]);
  }
}
