import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../config/config.js';
import { ServiceAdapter } from './service.adapter.js';

/** The share of `SHUTDOWN_TIMEOUT` that callers have; the rest is for the database. */
const SHARE_OF_CALLERS = 0.9;

/** Ends the connections after a signal, within the callers' share of `SHUTDOWN_TIMEOUT`. */
@Injectable()
export class Shutdown implements BeforeApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost<ServiceAdapter>,
    private readonly config: Config,
  ) {}

  /** @param signal the signal; `undefined` when the application is closed from within, as tests do */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    if (signal === undefined) return;
    await this.host.httpAdapter.endConnections(this.config.SHUTDOWN_TIMEOUT * SHARE_OF_CALLERS);
  }
}
