import { Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { foreignOwner } from '../access/access-errors.js';
import { AccessGuard } from '../access/access.guard.js';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { Conditions, type ChangeConditions } from '../access/change-conditions.decorator.js';
import { HeaderOptions, type RequestOptions } from '../access/request-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { AnswerHeaders } from '../http/answer.js';
import { RequestBody } from '../http/request-body.decorator.js';
import type { JsonSource } from '../json/json-body.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { outlivesMaker, scopeNotHeld } from './api-key-errors.js';
import type { ApiKeyView, MadeApiKeyView } from './api-key.dto.js';
import { ApiKeys } from './api-keys.service.js';
import { GetsKey, ListsKeys, MakesKey, RevokesKey } from './keys.docs.js';
import { KEYS } from './paths.js';

/** The routes of API keys. */
@ApiTags('keys')
@Controller(KEYS)
@UseGuards(AccessGuard)
@OAuthApi()
export class KeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @AnswerHeaders()
  @Requires('keys:write', scopeNotHeld('clients:delete'), foreignOwner(), outlivesMaker(4102444800))
  @MakesKey()
  async create(@RequestBody() body: JsonSource, @HeaderOptions() options: RequestOptions): Promise<MadeApiKeyView> {
    return (await this.keys.create(body, options)).shown;
  }

  @Get()
  @AnswerHeaders()
  @Requires('keys:write')
  @ListsKeys()
  list(@Caller() caller: CallerOptions): Promise<ApiKeyView[]> {
    return this.keys.list(caller);
  }

  @Get(':id')
  @AnswerHeaders()
  @Requires('keys:write')
  @GetsKey()
  get(@Param('id') id: string, @Caller() caller: CallerOptions): Promise<ApiKeyView> {
    return this.keys.get(id, caller);
  }

  @Delete(':id')
  @HttpCode(204)
  @AnswerHeaders()
  @Requires('keys:write')
  @RevokesKey()
  revoke(@Param('id') id: string, @Conditions() conditions: ChangeConditions): Promise<void> {
    return this.keys.revoke(id, conditions);
  }
}
