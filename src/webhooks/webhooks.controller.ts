import { Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { foreignOwner } from '../access/access-errors.js';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { Conditions, type ChangeConditions } from '../access/change-conditions.decorator.js';
import { HeaderOptions, type RequestOptions } from '../access/request-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { AnswerHeaders } from '../http/answer.js';
import { RequestBody } from '../http/request-body.decorator.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import type { JsonSource } from '../json/json-body.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import {
  CreatesWebhook,
  GetsWebhook,
  ListsDeliveries,
  ListsWebhooks,
  RemovesWebhook,
  ReplacesWebhook,
  ReplaysWebhook,
  RotatesSigningSecret,
} from './webhook-routes.js';
import type { DeliveryView, SigningWebhookView, WebhookView } from './webhook.dto.js';
import { WebhooksService } from './webhooks.service.js';

/** The routes of webhooks; a module gives them their path. */
@ApiTags('webhooks')
@OAuthApi()
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @AnswerHeaders()
  @Requires('webhooks:write', foreignOwner())
  @CreatesWebhook()
  create(@RequestBody() body: JsonSource, @HeaderOptions() options: RequestOptions): Promise<SigningWebhookView> {
    return this.webhooks.create(body, options);
  }

  @Get()
  @AnswerHeaders()
  @Requires('webhooks:write')
  @ListsWebhooks()
  list(@Caller() caller: CallerOptions): Promise<WebhookView[]> {
    return this.webhooks.list(caller);
  }

  @Get(':id')
  @AnswerHeaders()
  @Requires('webhooks:write')
  @GetsWebhook()
  get(@Param('id') id: string, @Caller() caller: CallerOptions): Promise<WebhookView> {
    return this.webhooks.get(id, caller);
  }

  @Put(':id')
  @AnswerHeaders()
  @Requires('webhooks:write', foreignOwner())
  @ReplacesWebhook()
  replace(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
  ): Promise<WebhookView> {
    return this.webhooks.replace(id, body, options);
  }

  @Delete(':id')
  @HttpCode(204)
  @AnswerHeaders()
  @Requires('webhooks:write')
  @RemovesWebhook()
  remove(@Param('id') id: string, @Conditions() conditions: ChangeConditions): Promise<void> {
    return this.webhooks.remove(id, conditions);
  }

  @Get(':id/deliveries')
  @AnswerHeaders()
  @Requires('webhooks:write')
  @ListsDeliveries()
  deliveries(
    @Param('id') id: string,
    @Req() request: Addressed,
    @Caller() caller: CallerOptions,
  ): Promise<DeliveryView[]> {
    return this.webhooks.deliveries(id, queryOf(request), caller);
  }

  @Post(':id/replay')
  @HttpCode(200)
  @AnswerHeaders()
  @Requires('webhooks:write')
  @ReplaysWebhook()
  replay(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
  ): Promise<WebhookView> {
    return this.webhooks.replay(id, body, options);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @AnswerHeaders()
  @Requires('webhooks:write')
  @RotatesSigningSecret()
  rotate(@Param('id') id: string, @Conditions() conditions: ChangeConditions): Promise<SigningWebhookView> {
    return this.webhooks.rotate(id, conditions);
  }
}
