import 'reflect-metadata';
import type { Abstract, INestApplication, Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { AppModule } from '../../src/standalone/app.module.js';
import { APP_OPTIONS, setUpApp } from '../../src/standalone/app.setup.js';
import { CLIENTS_OPTIONS } from '../../src/clients/mount/clients.module-builder.js';
import { Config, readConfig } from '../../src/standalone/config/config.js';
import { PlainExpressAdapter } from '../../src/http/plain-express.adapter.js';
import { PinoLogger } from '../../src/standalone/observability/pino-logger.js';
import { DATABASES } from './databases.js';
import { createForeignHost } from './foreign-host.js';
import type { StartOptions } from './start-options.js';

/** A running application that answers the registry's routes under `url`. */
export interface RunningApp {
  url: string;
  app: INestApplication;
  dataSource: DataSource;
  get: <T>(token: Type<T> | Abstract<T>) => T;
  /** Rows in each of the registry's tables. */
  rowCount: () => Promise<number>;
  close: () => Promise<void>;
}

async function running(app: INestApplication, prefix: string): Promise<RunningApp> {
  await app.listen(0, '127.0.0.1');
  const dataSource = app.get(DataSource);
  const tables = ['oauth2_client', 'oauth2_client_term', 'oauth2_client_secret'];
  const sql = `SELECT ${tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ')} AS total`;
  return {
    url: (await app.getUrl()) + prefix,
    app,
    dataSource,
    get: (token) => app.get(token, { strict: false }),
    rowCount: async () => Number((await dataSource.query<[{ total: number | string }]>(sql))[0].total),
    close: () => app.close(),
  };
}

/** The standalone service, composed as `main.ts` does it, on a free port. */
export async function startStandalone({
  database,
  environment = {},
  options = {},
  logger = false,
}: StartOptions): Promise<RunningApp> {
  const config = readConfig({ DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', BCRYPT_COST: '4', ...environment });
  const builder = Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(Config)
    .useValue(config);
  const own = {
    publicUrl: config.PUBLIC_URL,
    secrets: { bcryptCost: config.BCRYPT_COST, olderSecrets: config.OLDER_SECRETS },
    outbound: { allowedHosts: config.SECTOR_IDENTIFIER_ALLOWED_HOSTS },
  };
  const module = await builder
    .overrideProvider(CLIENTS_OPTIONS)
    .useValue({ ...own, ...options })
    .setLogger(logger || new PinoLogger('silent'))
    .compile();
  const app = module.createNestApplication<NestExpressApplication>(new PlainExpressAdapter(), {
    ...APP_OPTIONS,
    logger,
  });
  return running(setUpApp(app), '');
}

/** A small application of somebody else's that imports the module. */
export async function startEmbedded(options: StartOptions): Promise<RunningApp> {
  return running(await createForeignHost(options, 'Express'), '/shop/api');
}

/** The same application on Fastify. */
export async function startOnFastify(options: StartOptions): Promise<RunningApp> {
  return running(await createForeignHost(options, 'Fastify'), '/shop/api');
}

/** Every way to run the registry on every database. */
export const SETTINGS = DATABASES.flatMap(({ database, open }) => [
  { setting: `standalone on ${database}`, start: startStandalone, open },
  { setting: `embedded on ${database}`, start: startEmbedded, open },
  { setting: `embedded in Fastify on ${database}`, start: startOnFastify, open },
]);
