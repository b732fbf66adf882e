import { Delete, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Conditions, type ChangeConditions } from '../access/change-conditions.decorator.js';
import { HeaderOptions, type RequestOptions } from '../access/request-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { JsonText, send, type Reply } from '../http/answer.js';
import { RequestBody } from '../http/request-body.decorator.js';
import type { JsonSource } from '../json/json-body.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { ClientStateService } from './client-state.service.js';
import { RestoresClient, ResumesClient, SuspendsClient } from './openapi/state-routes.js';

/** The routes that suspend, resume and restore a client; the mount sets their path. */
@ApiTags('clients')
@OAuthApi()
export class ClientStateController {
  constructor(private readonly state: ClientStateService) {}

  @Put('suspension')
  @JsonText()
  @Requires('clients:write')
  @SuspendsClient()
  async suspend(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.state.suspend(id, body, options));
  }

  @Delete('suspension')
  @JsonText()
  @Requires('clients:write')
  @ResumesClient()
  async resume(
    @Param('id') id: string,
    @Conditions() conditions: ChangeConditions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.state.resume(id, conditions));
  }

  @Post('restore')
  @HttpCode(200)
  @JsonText()
  @Requires('clients:delete')
  @RestoresClient()
  async restore(
    @Param('id') id: string,
    @Conditions() { actor }: ChangeConditions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.state.restore(id, { actor }));
  }
}
