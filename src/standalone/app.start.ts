import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { APP_OPTIONS, setUpApp } from './app.setup.js';
import { processConfig } from './config/environment.js';
import { ServiceAdapter } from './listener/service.adapter.js';
import { PinoLogger } from './observability/pino-logger.js';

/**
 * Starts the standalone service, which runs until a signal ends it.
 *
 * @throws ConfigError for a wrong configuration
 * @throws Error when the database or the listener cannot be used
 */
export async function startService(): Promise<void> {
  const config = processConfig();
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new ServiceAdapter(config), {
    ...APP_OPTIONS,
    logger: new PinoLogger(config.LOG_LEVEL),
    abortOnError: false,
  });
  await setUpApp(app).listen(config.ADMIN_PORT, config.ADMIN_HOST);
  new Logger('Main').log(`Admin API on ${await app.getUrl()}, Swagger UI at /docs.`);
}
