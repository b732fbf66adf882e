import 'reflect-metadata';
import type { AddressInfo, Server } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { APP_OPTIONS, setUpApp } from './app.setup.js';
import { foreignVariables, processConfig } from './config/environment.js';
import { announceDatabase, announceListener, announceRefusedMethods, warnOfVariables } from './first-lines.js';
import { Leaving } from './health/leaving.js';
import { ServiceAdapter } from './listener/service.adapter.js';
import { PinoLogger } from './observability/pino-logger.js';
import { ProcessEnd } from './process-end.js';

/**
 * Starts the standalone service, which runs until a signal ends it.
 *
 * @throws ConfigError for a wrong configuration
 * @throws Error when the database or the listener cannot be used
 */
export async function startService(): Promise<void> {
  const config = processConfig();
  const logger = new PinoLogger(config.LOG_LEVEL, config.LOG_FORMAT);
  const end = new ProcessEnd(logger, config);
  end.watch();
  warnOfVariables(logger, foreignVariables());
  announceDatabase(logger, config.DATABASE_URL);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new ServiceAdapter(config, logger), {
    ...APP_OPTIONS,
    logger,
    abortOnError: false,
  });
  const server = (await setUpApp(app).listen(config.ADMIN_PORT, config.ADMIN_HOST)) as Server;
  announceListener(logger, server.address() as AddressInfo, config);
  announceRefusedMethods(logger, config);
  end.ends({ app, announce: () => app.get(Leaving).begin() });
}
