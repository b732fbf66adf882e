import { Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';

/** How long the database may take to answer, in milliseconds: orchestrators wait one second by default. */
const TIMEOUT = 1000;

/** Asks the registry's database whether it is ready, and logs why it is not. */
@Injectable()
export class DatabaseHealth {
  private readonly logger = new Logger(DatabaseHealth.name);

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly modules: ModuleRef,
  ) {}

  /** `up` with the time of the answer, or `down`. */
  async check(): Promise<HealthIndicatorResult> {
    return this.indicators
      .check('database')
      .attempt(() => this.requireReady())
      .withTimeout(TIMEOUT);
  }

  private async requireReady(): Promise<void> {
    try {
      await this.modules.get(PreparedDatabase, { strict: false }).requireReady();
    } catch (error) {
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      this.logger.warn(`Not ready: ${reason instanceof Error ? reason.message : String(reason)}`);
      throw error;
    }
  }
}
