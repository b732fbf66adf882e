import { Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { JsonText, sendPage, type Reply } from '../http/answer.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { TOMBSTONES } from './openapi/paths.js';
import { ListsTombstones } from './openapi/state-routes.js';
import { Tombstones } from './tombstones/tombstones.js';

/** The route that lists removed clients; the mount sets its path. */
@ApiTags('clients')
@OAuthApi()
export class TombstonesController {
  constructor(private readonly tombstones: Tombstones) {}

  @Get()
  @JsonText()
  @Requires('clients:delete')
  @ListsTombstones()
  async list(
    @Req() request: Addressed,
    @Caller() caller: CallerOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendPage(reply, request, TOMBSTONES, await this.tombstones.list(queryOf(request), caller));
  }
}
