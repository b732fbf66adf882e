import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { AnswerHeaders } from '../../http/answer.js';
import { MethodNotAllowed } from '../../oauth-error/method-not-allowed.js';
import { VERSION } from '../config/version.js';

/** Which release of the service runs. */
@ApiTags('health')
@ApiProduces('application/json')
@Controller('version')
@MethodNotAllowed()
export class VersionController {
  @Get()
  @AnswerHeaders()
  @ApiOperation({
    operationId: 'getVersion',
    summary: 'Get the version of the service',
    description: 'The version is that of the package.',
  })
  @ApiOkResponse({
    description: 'The version of the service.',
    schema: {
      type: 'object',
      required: ['version'],
      properties: { version: { type: 'string', description: 'Version of the package.', example: '0.1.0' } },
    },
  })
  version(): { version: string } {
    return { version: VERSION };
  }
}
