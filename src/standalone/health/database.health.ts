import { Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { migrationState, requireNoneBreaking, requireNoneMissing } from '../../database/sql/migration-state.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';

/** How long the database may take to answer, in milliseconds: orchestrators wait one second by default. */
const TIMEOUT = 1000;

/** Asks the registry's database whether it is ready, and logs why it is not. */
@Injectable()
export class DatabaseHealth {
  private readonly logger = new Logger(DatabaseHealth.name);

  /** The migrations of a newer release that were last logged. */
  private newer = '';

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly modules: ModuleRef,
  ) {}

  /** Returns `up` with the response time, or `down`. */
  async check(): Promise<HealthIndicatorResult> {
    return this.indicators
      .check('database')
      .attempt(() => this.requireReady())
      .withTimeout(TIMEOUT);
  }

  private async requireReady(): Promise<void> {
    try {
      const database = this.modules.get(PreparedDatabase, { strict: false });
      await database.requireReady();
      await this.requireMigrations(database);
    } catch (error) {
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      this.logger.warn(`Not ready: ${reason instanceof Error ? reason.message : String(reason)}`);
      throw error;
    }
  }

  private async requireMigrations(database: PreparedDatabase): Promise<void> {
    const state = await migrationState(database);
    requireNoneBreaking(state);
    requireNoneMissing(state);
    const newer = state.newer.join(', ');
    if (newer !== this.newer && newer !== '')
      this.logger.warn(`A newer release has changed the tables (${newer}); this one may go on beside it.`);
    this.newer = newer;
  }
}
