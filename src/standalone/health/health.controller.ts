import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { AnswerHeaders } from '../../http/answer.js';
import { DatabaseHealth } from './database.health.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { MethodNotAllowed } from '../../oauth-error/method-not-allowed.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';

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
  ) {}

  @Get('alive')
  @AnswerHeaders()
  @ApiOperation({ operationId: 'isAlive', summary: 'Check whether the process is up' })
  @ApiOkResponse({
    description: 'The process is up.',
    schema: { type: 'object', required: ['status'], properties: { status: { type: 'string', enum: ['ok'] } } },
  })
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @AnswerHeaders()
  @ApiOperation({ operationId: 'isReady', summary: 'Check whether the service and its database can answer' })
  @ApiOkResponse({
    description: 'The service and its database can answer.',
    schema: {
      type: 'object',
      required: ['status'],
      properties: {
        status: { type: 'string', enum: ['ok'] },
        info: { type: 'object', additionalProperties: true },
        error: { type: 'object', additionalProperties: true },
        details: { type: 'object', additionalProperties: true },
      },
    },
    example: { status: 'ok', info: UP, error: {}, details: UP },
  })
  @OAuthErrorResponse('The database does not answer.', OAuthError.unavailable())
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.database.check()]);
  }
}
