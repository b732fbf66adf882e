import { Param, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { JsonText, send, type Reply } from '../http/answer.js';
import { RequestBody } from '../http/request-body.decorator.js';
import { HeaderOptions, type RequestOptions } from '../http/request-options.decorator.js';
import type { JsonSource } from '../json/json-body.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { ClientsService } from './clients.service.js';
import { SetsLifespans } from './openapi/client-routes.js';

/**
 * The route of the lifespans of a client; a mount gives it its path. It has a controller of its own because Swagger gives an
 * operation the tag of its controller, in addition to any of its own.
 */
@ApiTags('lifespans')
@OAuthApi()
export class ClientLifespansController {
  constructor(private readonly clients: ClientsService) {}

  @Put()
  @JsonText()
  @SetsLifespans()
  async setLifespans(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.setLifespans(id, body, options));
  }
}
