import 'reflect-metadata';
import type { AddressInfo, Server } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { APP_OPTIONS, setUpApp } from './app.setup.js';
import { foreignVariables, processConfig } from './config/environment.js';
import { announceDatabase, announceListener, announceRefusedMethods, warnOfVariables } from './first-lines.js';
import { ServiceAdapter } from './listener/service.adapter.js';
import { PinoLogger } from './observability/pino-logger.js';

/** Signals that end the service. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Starts the standalone service, which runs until a signal ends it.
 *
 * @throws ConfigError for a wrong configuration
 * @throws Error when the database or the listener cannot be used
 */
export async function startService(): Promise<void> {
  const config = processConfig();
  const logger = new PinoLogger(config.LOG_LEVEL, config.LOG_FORMAT);
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
  endOnSignals(app, logger, config.SHUTDOWN_TIMEOUT);
}

/** An application as Nest's class closes it: its interface leaves out the signal, which hooks of the shutdown receive. */
interface Closable {
  close: (signal: string) => Promise<void>;
}

/**
 * Closes the application after a signal, within `timeout` milliseconds whatever its callers and its database do. The process then
 * ends by itself, not by `process.exit`: only so does libsql close its files, and SQLite remove its log.
 */
function endOnSignals(app: Closable, logger: PinoLogger, timeout: number): void {
  const giveUp = (message: string): never => {
    logger.error(message);
    process.exit(1);
  };
  const close = async (signal: string): Promise<void> => {
    const late =
      'The service did not close within SHUTDOWN_TIMEOUT, most likely because its database did not answer. The process ends nevertheless.';
    setTimeout(() => giveUp(late), timeout).unref();
    await app.close(signal).catch((error: Error) => giveUp(`The service did not close: ${error.message}`));
  };
  let closed: Promise<void> | undefined;
  for (const signal of SIGNALS) process.on(signal, () => void (closed ??= close(signal)));
}
