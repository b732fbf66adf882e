import { Delete, Get, Headers, HttpCode, Param, Patch, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnswerHeaders, JsonText, send, sendCreated, sendFound, sendPage, type Reply } from '../http/answer.js';
import { Conditions, type ChangeConditions } from '../http/change-conditions.decorator.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import { RequestBody } from '../http/request-body.decorator.js';
import { HeaderOptions, type RequestOptions } from '../http/request-options.decorator.js';
import type { JsonSource } from '../json/json-body.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import {
  CreatesClient,
  GetsClient,
  ListsClients,
  PatchesClient,
  RemovesClient,
  ReplacesClient,
  SetsLifespans,
} from './openapi/client-routes.js';
import { CLIENTS } from './openapi/paths.js';
import { ClientsService } from './clients.service.js';

/** The routes of clients; a mount gives them their path. */
@ApiTags('clients')
@OAuthApi()
export class ClientsController {
  constructor(private readonly clients: ClientsService) {}

  @Post()
  @JsonText()
  @CreatesClient()
  async create(
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
    @Req() request: Addressed,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendCreated(reply, request, CLIENTS, await this.clients.create(body, options));
  }

  @Get()
  @JsonText()
  @ListsClients()
  async list(@Req() request: Addressed, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    return sendPage(reply, request, CLIENTS, await this.clients.list(queryOf(request)));
  }

  @Get(':id')
  @JsonText()
  @GetsClient()
  async get(
    @Param('id') id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendFound(reply, ifNoneMatch, await this.clients.get(id));
  }

  @Patch(':id')
  @JsonText()
  @PatchesClient()
  async patch(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @Headers('content-type') contentType: string | undefined,
    @HeaderOptions() options: RequestOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.patch(id, body, contentType, options));
  }

  @Put(':id')
  @JsonText()
  @ReplacesClient()
  async replace(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.replace(id, body, options));
  }

  @Put(':id/lifespans')
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

  @Delete(':id')
  @HttpCode(204)
  @AnswerHeaders()
  @RemovesClient()
  async remove(@Param('id') id: string, @Conditions() conditions: ChangeConditions): Promise<void> {
    return this.clients.remove(id, conditions);
  }
}
