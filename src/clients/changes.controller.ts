import { Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { JsonText, sendPage, type Reply } from '../http/answer.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import { Changes } from '../journal/reading/changes.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { ListsChanges } from './openapi/history-routes.js';
import { CHANGES } from './openapi/paths.js';

/** The route that lists the changes of all clients; the mount sets its path. */
@ApiTags('clients')
@OAuthApi()
export class ChangesController {
  constructor(private readonly changes: Changes) {}

  @Get()
  @JsonText()
  @Requires('journal:read')
  @ListsChanges()
  async list(
    @Req() request: Addressed,
    @Caller() caller: CallerOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendPage(reply, request, CHANGES, await this.changes.list(queryOf(request), caller));
  }
}
