import 'reflect-metadata';
import type { Abstract, Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { AUTHENTICATORS } from '../../src/access/authenticator.js';
import { AppModule } from '../../src/standalone/app.module.js';
import { APP_OPTIONS, setUpApp } from '../../src/standalone/app.setup.js';
import { CLIENTS_OPTIONS } from '../../src/clients/mount/clients.module-builder.js';
import { Config, readConfig } from '../../src/standalone/config/config.js';
import { PublicListener } from '../../src/standalone/listener/public-listener.js';
import { ServiceAdapter } from '../../src/standalone/listener/service.adapter.js';
import { PinoLogger } from '../../src/standalone/observability/pino-logger.js';
import { registryOptions } from '../../src/standalone/registry-options.js';
import { WEBHOOKS_OPTIONS } from '../../src/webhooks/webhooks.module.js';
import { DATABASES, SQLITE } from './databases.js';
import { KEY_VARIABLES } from './full-key.mjs';
import { FOREIGN_PREFIX, startForeignHost } from './foreign-host.js';
import { listening, type RunningHost } from './host.js';
import { isPublic } from './public-path.js';
import type { StartOptions } from './start-options.js';

/** A running application that answers the registry's routes under `url`. */
export interface RunningApp extends RunningHost {
  /** Where the public routes are. */
  publicUrl: string;
  dataSource: DataSource;
  get: <T>(token: Type<T> | Abstract<T>) => T;
  /** Rows in the tables of clients, and in the journal. */
  rowCount: () => Promise<number>;
}

async function running(host: RunningHost, prefix: string, publicUrl = host.url + prefix): Promise<RunningApp> {
  const { app } = host;
  const dataSource = app.get(DataSource);
  const tables = ['oauth2_client', 'oauth2_client_term', 'oauth2_client_secret', 'oauth2_client_change'];
  const sql = `SELECT ${tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ')} AS total`;
  return {
    ...host,
    url: host.url + prefix,
    publicUrl,
    dataSource,
    get: (token) => app.get(token, { strict: false }),
    rowCount: async () => Number((await dataSource.query<[{ total: number | string }]>(sql))[0].total),
  };
}

/** The standalone service, composed as `main.ts` does it, on a free port. */
export async function startStandalone({
  database,
  environment = {},
  options = {},
  webhooks = {},
  authenticators,
  modules = [],
  logger = false,
}: StartOptions): Promise<RunningApp> {
  const config = readConfig({
    DATABASE_URL: database.url,
    DATABASE_MIGRATE: 'true',
    BCRYPT_COST: '4',
    ...KEY_VARIABLES,
    ...environment,
  });
  const adapter = new ServiceAdapter(config);
  const builder = Test.createTestingModule({ imports: [AppModule, ...modules] })
    .overrideProvider(Config)
    .useValue(config);
  if (authenticators) builder.overrideProvider(AUTHENTICATORS).useValue(authenticators);
  const module = await builder
    .overrideProvider(CLIENTS_OPTIONS)
    .useValue({ ...registryOptions(config), ...options })
    .overrideProvider(WEBHOOKS_OPTIONS)
    .useValue({ ...config.webhooksOptions, ...webhooks })
    .setLogger(logger || new PinoLogger('silent'))
    .compile();
  const app = module.createNestApplication<NestExpressApplication>(adapter, {
    ...APP_OPTIONS,
    logger,
  });
  const host = await listening(setUpApp(app), config.ADMIN_HOST);
  return running(host, '', app.get(PublicListener).url);
}

/** A small application of somebody else's that imports the module. */
export async function startEmbedded(options: StartOptions): Promise<RunningApp> {
  return running(await startForeignHost(options, 'Express'), FOREIGN_PREFIX);
}

/** The same application on Fastify. */
export async function startOnFastify(options: StartOptions): Promise<RunningApp> {
  return running(await startForeignHost(options, 'Fastify'), FOREIGN_PREFIX);
}

const STANDALONE = { way: 'standalone', start: startStandalone, isStandalone: true, isFastify: false };
const EMBEDDED = { way: 'embedded', start: startEmbedded, isStandalone: false, isFastify: false };
const ON_FASTIFY = { way: 'embedded in Fastify', start: startOnFastify, isStandalone: false, isFastify: true };
const WAYS = [STANDALONE, EMBEDDED, ON_FASTIFY];

/** One way to run the registry on one database. */
const setting = ({ way, ...rest }: typeof STANDALONE, database: (typeof DATABASES)[number]) => ({
  setting: `${way} on ${database.database}`,
  ...rest,
  ...database,
});

/** Every way to run the registry on every database: for the suite that shows that each of them serves each operation. */
export const ALL_SETTINGS = DATABASES.flatMap((database) => WAYS.map((way) => setting(way, database)));

/** Every way to run the registry: for what is decided before a database is asked, such as how bytes are read. */
export const EACH_WAY = WAYS.map((way) => setting(way, SQLITE));

/**
 * Every database, and each of the two servers where there are two databases: for all else. What lies between HTTP and the
 * database does the same on all of them.
 */
export const SETTINGS = DATABASES.map((database, at) => setting(at === 0 ? STANDALONE : ON_FASTIFY, database));

/** Variables by which the standalone service has its public routes. */
export const OPEN = { REGISTRATION: 'open', PUBLIC_PORT: '0' };

/** The URL of the listener that has a path. */
export function listenerOf({ url, publicUrl }: Pick<RunningApp, 'url' | 'publicUrl'>, path: string): string {
  return isPublic(path) ? publicUrl : url;
}
