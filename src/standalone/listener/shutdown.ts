import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../config/config.js';
import { ServiceAdapter } from './service.adapter.js';

/** The part of the time that callers have; the rest is for the database. */
const SHARE_OF_CALLERS = 0.9;

/** Ends the service within `SHUTDOWN_TIMEOUT` after a signal, whatever its callers and its database do. */
@Injectable()
export class Shutdown implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Shutdown.name);

  constructor(
    private readonly host: HttpAdapterHost<ServiceAdapter>,
    private readonly config: Config,
  ) {}

  /** @param signal the signal; none when the application is closed from within, as tests do */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    if (signal === undefined) return;
    const timeout = this.config.SHUTDOWN_TIMEOUT;
    setTimeout(() => this.giveUp(), timeout).unref();
    await this.host.httpAdapter.endConnections(timeout * SHARE_OF_CALLERS);
  }

  private giveUp(): void {
    this.logger.error(
      'The service did not close within SHUTDOWN_TIMEOUT, most likely because its database did not answer. The process ends nevertheless.',
    );
    process.exit(1);
  }
}
