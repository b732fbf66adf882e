import { ConfigurableModuleBuilder, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { withDefaults } from '../clients/checked-options.js';
import { databaseOf } from '../clients/mount/clients.module-builder.js';
import { mounted } from '../clients/mount/mounted-controllers.js';
import { PreparedDatabase } from '../database/sql/prepared-database.js';
import { ChainStatements } from '../journal/chain/chain.statements.js';
import { JournalOptions } from '../journal/chain/journal.options.js';
import { MethodNotAllowedModule } from '../oauth-error/method-not-allowed.module.js';
import { BatchReader } from './delivery/batch-reader.js';
import { Courier } from './delivery/courier.js';
import { DeliveryStatements } from './delivery/delivery.statements.js';
import { DispatchLease } from './delivery/dispatch-lease.js';
import { Dispatcher } from './delivery/dispatcher.js';
import { NoticeMaker } from './notices/notice-maker.js';
import { NoticeStatements } from './notices/notice.statements.js';
import { WEBHOOKS } from './paths.js';
import { webhookEntities } from './table/webhook-entities.js';
import { WebhookStatements } from './table/webhook.statements.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksMount } from './webhooks-mount.js';
import { WebhooksOptions, type WebhooksModuleOptions } from './delivery/webhooks.options.js';
import { WebhooksService } from './webhooks.service.js';

const MODULE = 'WebhooksModule';

/** `forRoot` and `forRootAsync` of the module, and the injection token of its options. */
export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: WEBHOOKS_OPTIONS,
  OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<WebhooksModuleOptions>({ moduleName: 'Webhooks' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createWebhooksOptions')
  .setExtras(new WebhooksMount(), (definition, given) => {
    const names = new Set(Object.keys(new WebhooksMount()));
    const options = Object.entries(given).filter(([name]) => names.has(name));
    const mount = withDefaults(new WebhooksMount(), Object.fromEntries(options), MODULE);
    return {
      ...definition,
      imports: [...(definition.imports ?? []), ...mount.imports],
      controllers: mount.controllers ? [mounted(WebhooksController, mount.routePrefix + WEBHOOKS, mount)] : [],
      providers: [...(definition.providers ?? []), databaseOf(mount.dataSource, MODULE)],
    };
  })
  .build();

/**
 * Sends changes of clients, and notices that their secrets end soon, to webhooks, and serves the routes that manage webhooks. An application
 * imports it beside `ClientsModule`; without it nothing is sent.
 */
@Module({
  imports: [MethodNotAllowedModule],
  providers: [
    WebhooksService,
    WebhookStatements,
    DeliveryStatements,
    DispatchLease,
    NoticeStatements,
    BatchReader,
    Courier,
    Dispatcher,
    ChainStatements,
    // Webhooks read the journal and do not seal it.
    { provide: JournalOptions, useValue: new JournalOptions() },
    {
      provide: NoticeMaker,
      inject: [NoticeStatements, WebhooksOptions],
      useFactory: (statements: NoticeStatements, { noticeTimes }: WebhooksOptions) =>
        new NoticeMaker(statements, noticeTimes),
    },
    {
      provide: WebhooksOptions,
      inject: [WEBHOOKS_OPTIONS],
      useFactory: (given: WebhooksModuleOptions) => withDefaults(new WebhooksOptions(), given, MODULE),
    },
  ],
})
export class WebhooksModule extends ConfigurableModuleClass implements OnModuleInit {
  /** @internal */
  constructor(private readonly database: PreparedDatabase) {
    super();
  }

  /**
   * Returns the module with its options.
   *
   * @param options {@link WebhooksModuleOptions} and {@link WebhooksMount} in one object
   * @throws ClientsOptionsError for a wrong option of the mount; the others are checked when the application starts
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * Returns the module with options from a provider.
   *
   * @param options {@link WebhooksMount}, and in the same object the provider of {@link WebhooksModuleOptions}
   * @throws ClientsOptionsError for a wrong option of the mount
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /**
   * @hidden
   * @throws Error when the tables of webhooks are missing
   */
  onModuleInit(): Promise<void> {
    return this.database.check(webhookEntities);
  }
}
