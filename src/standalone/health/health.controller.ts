import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { AnswerHeaders } from '../../http/answer.js';
import { DatabaseHealth } from './database.health.js';
import { Leaving } from './leaving.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { MethodNotAllowed } from '../../oauth-error/method-not-allowed.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';

const OK = { type: 'string', description: 'Always `ok` with this status.', enum: ['ok'] };
const CHECKS = { type: 'object', additionalProperties: true };
const UP = { database: { status: 'up', responseTime: 1 } };

/** Health checks for orchestrators and load balancers. */
@ApiTags('health')
@ApiProduces('application/json')
@Controller('health')
@MethodNotAllowed()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealth,
    private readonly leaving: Leaving,
  ) {}

  @Get('alive')
  @AnswerHeaders()
  @ApiOperation({
    operationId: 'isAlive',
    summary: 'Check whether the process is up',
    description:
      'Does not ask the database. For liveness checks: a service that fails this one should be started anew.',
  })
  @ApiOkResponse({
    description: 'The process is up.',
    schema: { type: 'object', required: ['status'], properties: { status: OK } },
  })
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @AnswerHeaders()
  @ApiOperation({
    operationId: 'isReady',
    summary: 'Check whether the service and its database can answer',
    description: 'For readiness checks: a service that fails this one should get no requests for the time being.',
  })
  @ApiOkResponse({
    description: 'The service and its database can answer.',
    schema: {
      type: 'object',
      required: ['status'],
      properties: {
        status: OK,
        info: { ...CHECKS, description: 'The checks that succeeded, by name.' },
        error: { ...CHECKS, description: 'The checks that failed: always empty with this status.' },
        details: { ...CHECKS, description: 'All checks, by name.' },
      },
    },
    example: { status: 'ok', info: UP, error: {}, details: UP },
  })
  @OAuthErrorResponse('The database does not answer, or the service is about to end.', OAuthError.unavailable())
  async ready(): Promise<HealthCheckResult> {
    if (this.leaving.isTrue) throw OAuthError.unavailable();
    return this.health.check([() => this.database.check()]);
  }
}
