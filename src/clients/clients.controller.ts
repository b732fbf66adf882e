import { Delete, Get, Headers, HttpCode, Param, Patch, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { foreignOwner, secretsScopeMissing } from '../access/access-errors.js';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import type { ClientKeySetView } from '../authentication/keys/client-key-set.dto.js';
import { ClientKeySetReports } from '../authentication/keys/client-key-set-reports.js';
import { AnswerHeaders, JsonText, send, sendCreated, sendFound, sendPage, type Reply } from '../http/answer.js';
import { Conditions, type ChangeConditions } from '../access/change-conditions.decorator.js';
import { isAbout, type HttpRequest } from '../access/principal-of.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import { RequestBody } from '../http/request-body.decorator.js';
import { HeaderOptions, type RequestOptions } from '../access/request-options.decorator.js';
import type { JsonSource } from '../json/json-body.js';
import { AsOf } from './history/as-of.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import {
  CreatesClient,
  GetsClient,
  GetsEffectiveLifespans,
  ListsClients,
  PatchesClient,
  RemovesClient,
  ReplacesClient,
  SetsLifespans,
} from './openapi/client-routes.js';
import { GetsActivity } from './openapi/activity-routes.js';
import { GetsKeySet } from './openapi/authentication-routes.js';
import { ACTIVITY, CLIENTS } from './openapi/paths.js';
import { ClientsService } from './clients.service.js';
import { ClientActivity } from './activity/client-activity.js';
import type { ClientActivityView } from './activity/activity.dto.js';
import { ClientLifespans } from './lifespans/client-lifespans.js';
import type { EffectiveLifespans } from './lifespans/effective-lifespans.js';

/** The routes of clients; the mount sets their path. */
@ApiTags('clients')
@OAuthApi()
export class ClientsController {
  constructor(
    private readonly clients: ClientsService,
    private readonly lifespans: ClientLifespans,
    private readonly keySets: ClientKeySetReports,
    private readonly activity: ClientActivity,
  ) {}

  @Post()
  @JsonText()
  @Requires('clients:write', foreignOwner())
  @CreatesClient()
  async create(
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
    @Req() request: Addressed & HttpRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const created = await this.clients.create(body, options);
    isAbout(request, created.id);
    return sendCreated(reply, request, CLIENTS, created);
  }

  @Get()
  @JsonText()
  @Requires('clients:read')
  @ListsClients()
  async list(
    @Req() request: Addressed,
    @Caller() caller: CallerOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendPage(reply, request, CLIENTS, await this.clients.list(queryOf(request), caller));
  }

  @Get(':id')
  @JsonText()
  @Requires('clients:read')
  @GetsClient()
  async get(
    @Param('id') id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @AsOf() asOf: string | undefined,
    @Caller() caller: CallerOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendFound(reply, ifNoneMatch, await this.clients.get(id, { asOf, ...caller }));
  }

  @Patch(':id')
  @JsonText()
  @Requires('clients:write', foreignOwner(), secretsScopeMissing('client_secret'))
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
  @Requires('clients:write', foreignOwner(), secretsScopeMissing('client_secret'))
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
  @Requires('clients:write')
  @SetsLifespans()
  async setLifespans(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.setLifespans(id, body, options));
  }

  @Get(':id/effective-lifespans')
  @AnswerHeaders()
  @Requires('clients:read')
  @GetsEffectiveLifespans()
  effectiveLifespans(@Param('id') id: string, @Caller() caller: CallerOptions): Promise<EffectiveLifespans> {
    return this.lifespans.effective(id, caller);
  }

  @Get(':id/key-set')
  @AnswerHeaders()
  @Requires('clients:read')
  @GetsKeySet()
  keySet(@Param('id') id: string, @Caller() caller: CallerOptions): Promise<ClientKeySetView> {
    return this.keySets.of(id, caller);
  }

  @Get(`:id${ACTIVITY}`)
  @AnswerHeaders()
  @Requires('clients:read')
  @GetsActivity()
  lastUses(@Param('id') id: string, @Caller() caller: CallerOptions): Promise<ClientActivityView> {
    return this.activity.of(id, caller);
  }

  @Delete(':id')
  @HttpCode(204)
  @AnswerHeaders()
  @Requires('clients:delete')
  @RemovesClient()
  async remove(@Param('id') id: string, @Conditions() conditions: ChangeConditions): Promise<void> {
    return this.clients.remove(id, conditions);
  }
}
