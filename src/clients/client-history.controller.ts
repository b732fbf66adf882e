import { Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { secretsScopeMissing } from '../access/access-errors.js';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { HeaderOptions, type RequestOptions } from '../access/request-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { JsonText, send, sendPage, type Reply } from '../http/answer.js';
import { RequestBody } from '../http/request-body.decorator.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import type { JsonSource } from '../json/json-body.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { ClientHistory } from './history/client-history.js';
import { earlierLifeNeedsScope } from './history/history-errors.js';
import { GetsChange, ListsHistory, RevertsClient } from './openapi/history-routes.js';
import { HISTORY } from './openapi/paths.js';

/** The routes of the history of a client; the mount sets their path. */
@ApiTags('clients')
@OAuthApi()
export class ClientHistoryController {
  constructor(private readonly history: ClientHistory) {}

  @Get('history')
  @JsonText()
  @Requires('clients:read')
  @ListsHistory()
  async list(
    @Param('id') id: string,
    @Req() request: Addressed,
    @Caller() caller: CallerOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendPage(reply, request, HISTORY, await this.history.list(id, queryOf(request), caller));
  }

  @Get('changes/:version')
  @JsonText()
  @Requires('clients:read', earlierLifeNeedsScope())
  @GetsChange()
  async change(
    @Param('id') id: string,
    @Param('version') version: string,
    @Req() request: Addressed,
    @Caller() caller: CallerOptions,
  ): Promise<string> {
    const tag = queryOf(request).get('tag') ?? undefined;
    return (await this.history.change(id, version, { tag, ...caller })).json;
  }

  @Post('revert')
  @HttpCode(200)
  @JsonText()
  @Requires('clients:write', secretsScopeMissing('token_endpoint_auth_method'))
  @RevertsClient()
  async revert(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.history.revert(id, body, options));
  }
}
