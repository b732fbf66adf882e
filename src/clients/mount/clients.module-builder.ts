import { ConfigurableModuleBuilder, type InjectionToken, type Provider, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { requireEntities } from '../../database/sql/entity-tables.js';
import { openDatabase } from '../../database/dialects.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { SECRET_HASHER } from '../../secrets/secrets.service.js';
import { clientEntities } from '../store/client-entities.js';
import { CLIENT_EVENT_SINK } from '../writing/client-events.js';
import { CLIENT_ID_GENERATOR, RANDOM_IDS } from '../writing/client-id-generator.js';
import { ClientsMount, pathsOf, RAW_PATHS } from './clients-mount.js';
import type { ClientsModuleOptions } from '../clients.options.js';
import { ClientsOptionsError, withDefaults } from '../checked-options.js';
import { controllersOf } from './mounted-controllers.js';

/** `forRoot` and `forRootAsync` of the module, and the injection token of its options. */
export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: CLIENTS_OPTIONS,
  OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<ClientsModuleOptions>({ moduleName: 'Clients' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createClientsOptions')
  .setExtras(new ClientsMount(), (definition, given) => {
    const names = new Set(Object.keys(new ClientsMount()));
    const options = Object.entries(given).filter(([name]) => names.has(name));
    const mount = withDefaults(new ClientsMount(), Object.fromEntries(options));
    return {
      ...definition,
      imports: [...new Set([...(definition.imports ?? []), ...mount.imports])],
      controllers: controllersOf(mount),
      providers: [...(definition.providers ?? []), ...providersOf(mount)],
    };
  })
  .build();

/** A provider with its own injection token. */
type Provided = Exclude<Provider, Type>;

/**
 * Stand-ins for all providers of `forRoot` and `forRootAsync` in a module that is imported without them: each one throws on start. All are
 * needed because Nest resolves providers concurrently and reports the first one that is missing.
 */
export const WITHOUT_FOR_ROOT: Provider[] = [
  CLIENTS_OPTIONS,
  ...providersOf(new ClientsMount()).map((of) => of.provide),
].map((provide) => ({
  provide,
  useFactory: () => {
    throw new ClientsOptionsError(
      'ClientsModule was imported without forRoot: write ClientsModule.forRoot({ … }) in the imports of one module; ' +
        'another module gets its services by importing that one, which has exports: [ClientsModule].',
    );
  },
}));

/** Returns what a mount provides in addition to the options. */
function providersOf(mount: ClientsMount): Provided[] {
  return [
    { provide: ClientsMount, useValue: mount },
    { provide: RAW_PATHS, useValue: pathsOf(mount) },
    databaseOf(mount.dataSource),
    fromHostOr(SECRET_HASHER, mount.secretHasher, null),
    fromHostOr(CLIENT_ID_GENERATOR, mount.idGenerator, RANDOM_IDS),
    fromHostOr(CLIENT_EVENT_SINK, mount.eventSink, null),
  ];
}

/** Returns the provider that the host names by `token`, or `own` if it names none. */
function fromHostOr(provide: InjectionToken, token: InjectionToken | undefined, own: unknown): Provided {
  return token === undefined ? { provide, useValue: own } : { provide, useExisting: token };
}

/**
 * Returns the provider of the prepared statements on the host's DataSource.
 *
 * @param name the name of the DataSource. Default: the unnamed DataSource
 * @param module the name of the module that needs it, for error messages. Default `ClientsModule`
 */
export function databaseOf(name?: string, module = 'ClientsModule'): Provided {
  return {
    provide: PreparedDatabase,
    inject: [ModulesContainer, getDataSourceToken(name)].map((token) => ({ token, optional: true })),
    useFactory: (modules?: ModulesContainer, dataSource?: DataSource) => {
      // Each copy of Nest provides only its own ModulesContainer, so a second copy finds none.
      if (!modules)
        throw new ClientsOptionsError(
          `The application and ${module} have two copies of @nestjs/core, as after npm link: install the package from its ` +
            'tarball, or with npm install --install-links, so that npm ls @nestjs/core shows one.',
        );
      if (dataSource) {
        requireEntities(dataSource, clientEntities);
        return openDatabase(dataSource, name);
      }
      const [about, options] = name === undefined ? ['', ''] : [` named ${name}`, `name: '${name}', `];
      throw new ClientsOptionsError(
        `${module} found no DataSource${about}: import TypeOrmModule.forRoot({ ${options}… }) into the application.`,
      );
    },
  };
}
