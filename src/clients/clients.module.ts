import { Module, Optional, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AssertionOptions } from '../authentication/assertion/assertion.options.js';
import { AssertionVerifier } from '../authentication/assertion/assertion-verifier.js';
import { assertionEntities } from '../authentication/assertion/used-assertion.entity.js';
import { UsedAssertionSweeper } from '../authentication/assertion/used-assertion-sweeper.js';
import { UsedAssertions } from '../authentication/assertion/used-assertions.js';
import { AuthenticationOptions } from '../authentication/authentication.options.js';
import { Candidates } from '../authentication/candidates.js';
import { ClientAuthenticator } from '../authentication/client-authenticator.js';
import { KeyVerifiers } from '../authentication/key-verifiers.js';
import { ClientKeySetReports } from '../authentication/keys/client-key-set-reports.js';
import { ClientKeySets } from '../authentication/keys/client-key-sets.js';
import { KeySetOptions } from '../authentication/keys/key-set.options.js';
import { CertificateOptions } from '../authentication/mtls/certificate.options.js';
import { CertificateVerifier } from '../authentication/mtls/certificate-verifier.js';
import { SecretProofs } from '../authentication/secret-proofs.js';
import { migrationState, requireNoneBreaking } from '../database/sql/migration-state.js';
import { PreparedDatabase } from '../database/sql/prepared-database.js';
import { OutboundOptions } from '../http/outbound/guarded-fetch.js';
import { MethodNotAllowedModule } from '../oauth-error/method-not-allowed.module.js';
import { Audit } from '../journal/chain/audit.js';
import { ChainWalk } from '../journal/chain/chain-walk.js';
import { ChainStatements } from '../journal/chain/chain.statements.js';
import { GapStatements } from '../journal/chain/gap.statements.js';
import { JournalOptions } from '../journal/chain/journal.options.js';
import { Changes } from '../journal/reading/changes.js';
import { ChangesStatements } from '../journal/reading/changes.statements.js';
import { HistoryStatements } from '../journal/reading/history.statements.js';
import { Sealer } from '../journal/chain/sealer.js';
import { JournalPruner } from '../journal/retention/journal-pruner.js';
import { PruningStatements } from '../journal/retention/pruning.statements.js';
import { SecretsOptions } from '../secrets/secrets.options.js';
import { SECRET_HOLDER, SecretsService } from '../secrets/secrets.service.js';
import { SecretUses } from '../secrets/secret-uses.js';
import { ClientActivity } from './activity/client-activity.js';
import { ClientHistory } from './history/client-history.js';
import { ClientLifespans } from './lifespans/client-lifespans.js';
import { LifespanOptions } from './lifespans/lifespan.options.js';
import { clientEntities } from './store/client-entities.js';
import { Client } from './store/client.entity.js';
import { ClientEvents } from './writing/client-events.js';
import { ClientCreation } from './writing/client-creation.js';
import { ClientPreparation } from './writing/client-preparation.js';
import { ClientListStatements } from './list/client-list.statements.js';
import { ClientSecretsService } from './client-secrets.service.js';
import { ClientStateService } from './client-state.service.js';
import { ClientStatements } from './store/client.statements.js';
import { RemovalOptions } from './store/removal.options.js';
import { TombstoneStatements } from './store/tombstone.statements.js';
import { TombstoneListStatements } from './tombstones/tombstone-list.statements.js';
import { Tombstones } from './tombstones/tombstones.js';
import { TombstoneSweeper } from './tombstones/tombstone-sweeper.js';
import { RegistrationTokensService } from './tokens/issuing/registration-tokens.service.js';
import { RegistrationUrl } from './tokens/registration-url.js';
import { ClientWriter } from './writing/client.writer.js';
import {
  ASYNC_OPTIONS_TYPE,
  CLIENTS_OPTIONS,
  ConfigurableModuleClass,
  OPTIONS_TYPE,
  WITHOUT_FOR_ROOT,
} from './mount/clients.module-builder.js';
import { ClientsMount, pathsOf, registriesOf } from './mount/clients-mount.js';
import { ClientsOptions, readOptions } from './clients.options.js';
import { ClientsService } from './clients.service.js';
import { ClientsOptionsError } from './checked-options.js';

/** Options of `forRootAsync` in addition to those of {@link ClientsMount}. */
const ASYNC_NAMES = ['imports', 'inject', 'useFactory', 'useClass', 'useExisting', 'provideInjectionTokensFrom'];

/**
 * The registry as a module, which exports {@link ClientsService}, {@link ClientHistory}, {@link Changes},
 * {@link ClientSecretsService}, {@link ClientStateService}, {@link RegistrationTokensService}, {@link ClientLifespans},
 * {@link ClientActivity}, {@link Tombstones}, {@link SecretsService}, {@link ClientAuthenticator} and {@link ClientKeySetReports}.
 *
 * The host's DataSource must have `clientRegistryEntities`, and `clientRegistryMigrations` must have run. Without them, or with a wrong
 * option ({@link ClientsOptionsError}), the application does not start; the message says what to change.
 */
@Module({
  imports: [MethodNotAllowedModule],
  providers: [
    ...WITHOUT_FOR_ROOT,
    ClientsService,
    ClientHistory,
    HistoryStatements,
    Changes,
    ChangesStatements,
    ClientSecretsService,
    ClientStateService,
    RegistrationTokensService,
    ClientLifespans,
    ClientActivity,
    ClientStatements,
    TombstoneStatements,
    TombstoneSweeper,
    Tombstones,
    TombstoneListStatements,
    ClientListStatements,
    ClientWriter,
    ClientPreparation,
    ClientCreation,
    ClientEvents,
    ChainStatements,
    GapStatements,
    ChainWalk,
    Sealer,
    PruningStatements,
    JournalPruner,
    Audit,
    SecretsService,
    Candidates,
    ClientAuthenticator,
    CertificateVerifier,
    AssertionVerifier,
    KeyVerifiers,
    SecretProofs,
    ClientKeySets,
    ClientKeySetReports,
    UsedAssertions,
    UsedAssertionSweeper,
    { provide: SECRET_HOLDER, useValue: Client },
    { provide: SecretUses, useExisting: ClientActivity },
    { provide: ClientsOptions, inject: [CLIENTS_OPTIONS], useFactory: readOptions },
    { provide: SecretsOptions, inject: [ClientsOptions], useFactory: ({ secrets }: ClientsOptions) => secrets },
    { provide: OutboundOptions, inject: [ClientsOptions], useFactory: ({ outbound }: ClientsOptions) => outbound },
    {
      provide: RegistrationUrl,
      inject: [ClientsOptions],
      useFactory: ({ publicUrl }: ClientsOptions) => new RegistrationUrl(publicUrl),
    },
    { provide: RemovalOptions, inject: [ClientsOptions], useFactory: ({ removal }: ClientsOptions) => removal },
    {
      provide: AuthenticationOptions,
      inject: [ClientsOptions],
      useFactory: ({ authentication }: ClientsOptions) => authentication,
    },
    {
      provide: CertificateOptions,
      inject: [AuthenticationOptions],
      useFactory: ({ certificates }: AuthenticationOptions) => certificates,
    },
    { provide: LifespanOptions, inject: [ClientsOptions], useFactory: ({ lifespans }: ClientsOptions) => lifespans },
    {
      provide: AssertionOptions,
      inject: [AuthenticationOptions],
      useFactory: ({ assertions }: AuthenticationOptions) => assertions,
    },
    {
      provide: KeySetOptions,
      inject: [AssertionOptions],
      useFactory: (assertions: AssertionOptions): KeySetOptions => assertions,
    },
    { provide: JournalOptions, inject: [ClientsOptions], useFactory: ({ journal }: ClientsOptions) => journal },
  ],
  exports: [
    ClientsService,
    ClientHistory,
    Changes,
    ClientSecretsService,
    ClientStateService,
    RegistrationTokensService,
    ClientLifespans,
    ClientActivity,
    Tombstones,
    SecretsService,
    ClientAuthenticator,
    ClientKeySetReports,
  ],
})
export class ClientsModule extends ConfigurableModuleClass implements OnModuleInit {
  /** @internal */
  constructor(
    private readonly database: PreparedDatabase,
    mount: ClientsMount,
    // Never missing here: without it, the provider of the database has already thrown, with a clearer message than Nest's.
    @Optional() modules: ModulesContainer,
  ) {
    super();
    requireOwnPath(mount, modules);
  }

  /**
   * Returns the module with the given options.
   *
   * @param options {@link ClientsModuleOptions} and {@link ClientsMount} in one object. Default: all defaults
   * @throws ClientsOptionsError for a wrong option of the mount; the others are checked when the application starts
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * Returns the module with options from a provider.
   *
   * @param options {@link ClientsMount}, and the source of {@link ClientsModuleOptions}: `useFactory` with `inject`, or the method
   * `createClientsOptions` of `useClass` or `useExisting`
   * @throws ClientsOptionsError for a wrong or unknown option of the mount
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    const known = new Set([...Object.keys(new ClientsMount()), ...ASYNC_NAMES]);
    const unknown = Object.keys(options).find((name) => !known.has(name));
    if (unknown !== undefined)
      throw new ClientsOptionsError(`Options of ClientsModule: unknown option ${unknown} beside a factory.`);
    return super.forRootAsync(options);
  }

  /**
   * @hidden
   * @throws Error when the tables of the registry are missing, or belong to a newer release with which this one is incompatible
   */
  async onModuleInit(): Promise<void> {
    requireNoneBreaking(await migrationState(this.database));
    await this.database.check([...clientEntities, ...assertionEntities]);
  }
}

/** @throws ClientsOptionsError when another registry of the application is mounted at one of its paths */
function requireOwnPath(mount: ClientsMount, modules: ModulesContainer): void {
  // In lower case, since Express ignores the case of paths.
  const lower = (one: ClientsMount): string[] => pathsOf(one).map((path) => path.toLowerCase());
  const others = registriesOf(modules).filter((other) => other.mount !== mount);
  const taken = lower(mount).find((path) => others.some((other) => lower(other.mount).includes(path)));
  if (taken !== undefined)
    throw new ClientsOptionsError(
      `Two ClientsModules are mounted under ${taken}: give one of them another routePrefix, or controllers: false.`,
    );
}
