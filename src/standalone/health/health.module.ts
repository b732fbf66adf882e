import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseHealth } from './database.health.js';
import { HealthController } from './health.controller.js';
import { VersionController } from './version.controller.js';

/** Provides the liveness and the readiness check, and the version. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, VersionController],
  providers: [DatabaseHealth],
})
export class HealthModule {}
