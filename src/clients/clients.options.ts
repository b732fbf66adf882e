import { ConfigurableModuleBuilder } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { openDatabase } from '../database/open-database.js';
import { PreparedDatabase } from '../database/prepared-database.js';
import type { OutboundOptions } from '../http/guarded-fetch.js';
import type { SecretsOptions } from '../secrets/secrets.options.js';

/** What an application may decide about the registry that it hosts. */
export interface ClientsModuleOptions {
  /** Base URL of the listener for dynamic registration, without a trailing slash. Default `http://127.0.0.1:4444`. */
  publicUrl?: string;
  /** How secrets are kept. */
  secrets?: SecretsOptions;
  /** What fetching a `sector_identifier_uri` may do. Default: public addresses only. */
  outbound?: OutboundOptions;
}

interface ClientsModuleExtras {
  /** Name of the host's DataSource that has the registry's entities. Default: the unnamed one. */
  dataSource?: string;
}

/** `forRoot` and `forRootAsync` of the module, and the injection token of its options. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: CLIENTS_OPTIONS } =
  new ConfigurableModuleBuilder<ClientsModuleOptions>({ moduleName: 'Clients' })
    .setClassMethodName('forRoot')
    .setExtras<ClientsModuleExtras>({}, (definition, { dataSource }) => ({
      ...definition,
      providers: [
        ...(definition.providers ?? []),
        { provide: PreparedDatabase, inject: [getDataSourceToken(dataSource)], useFactory: openDatabase },
      ],
    }))
    .build();
