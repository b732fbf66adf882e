import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MethodNotAllowedModule } from '../../oauth-error/method-not-allowed.module.js';
import { DatabaseHealth } from './database.health.js';
import { HealthController } from './health.controller.js';
import { Leaving } from './leaving.js';
import { VersionController } from './version.controller.js';

/** Provides the liveness and the readiness check, and the version. */
@Module({
  imports: [MethodNotAllowedModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, VersionController],
  providers: [DatabaseHealth, Leaving],
})
export class HealthModule {}
