import { HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import { HeaderOptions, type RequestOptions } from '../access/request-options.decorator.js';
import { AnswerHeaders } from '../http/answer.js';
import { RequestBody } from '../http/request-body.decorator.js';
import type { JsonSource } from '../json/json-body.js';
import { methodsOf } from '../oauth-error/method-not-allowed.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { ClientActivity } from './activity/client-activity.js';
import { ClientsController } from './clients.controller.js';
import { ReportsActivity } from './openapi/activity-routes.js';

/**
 * The route by which authorization servers report uses; the mount sets its path. Other methods at this path address the client whose
 * `client_id` equals its last segment.
 */
@ApiTags('authentication')
@OAuthApi(methodsOf(ClientsController, ':id'))
export class ClientActivityController {
  constructor(private readonly activity: ClientActivity) {}

  @Post()
  @HttpCode(202)
  @AnswerHeaders()
  @Requires('clients:authenticate')
  @ReportsActivity()
  report(@RequestBody() body: JsonSource, @HeaderOptions() { actor, strict }: RequestOptions): Promise<void> {
    return this.activity.report(body, { actor, strict });
  }
}
