import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { APP_OPTIONS, setUpApp } from './app.setup.js';
import { Config, readConfig } from './config/config.js';
import { PlainExpressAdapter } from './http/plain-express.adapter.js';
import { PinoLogger } from './observability/pino-logger.js';

/** Process entry: configuration, listen; a fault at start is one sentence and exit code 1. */
try {
  const logger = new PinoLogger(readConfig(process.env).LOG_LEVEL);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new PlainExpressAdapter(), {
    ...APP_OPTIONS,
    logger,
    abortOnError: false,
  });
  const { ADMIN_HOST, ADMIN_PORT } = app.get(Config);
  await setUpApp(app).listen(ADMIN_PORT, ADMIN_HOST);
  new Logger('Main').log(`Admin API on ${await app.getUrl()}, Swagger UI at /docs.`);
} catch (error) {
  console.error(`The client registry did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
