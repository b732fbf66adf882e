import { Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { JsonText, sendPage, type Reply } from '../http/answer.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { ListsExpiring } from './expiring.docs.js';
import { ExpiringService } from './expiring.service.js';
import { EXPIRING } from './paths.js';

/** The route that lists what ends soon; a module gives it its path. */
@ApiTags('clients')
@OAuthApi()
export class ExpiringController {
  constructor(private readonly expiring: ExpiringService) {}

  @Get()
  @JsonText()
  @Requires('clients:read')
  @ListsExpiring()
  async list(
    @Req() request: Addressed,
    @Caller() caller: CallerOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendPage(reply, request, EXPIRING, await this.expiring.list(queryOf(request), caller));
  }
}
