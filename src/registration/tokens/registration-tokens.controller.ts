import { Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { foreignOwner } from '../../access/access-errors.js';
import { Caller, type CallerOptions } from '../../access/caller-options.decorator.js';
import { Conditions, type ChangeConditions } from '../../access/change-conditions.decorator.js';
import { HeaderOptions, type RequestOptions } from '../../access/request-options.decorator.js';
import { Requires } from '../../access/requires.decorator.js';
import { AnswerHeaders } from '../../http/answer.js';
import { RequestBody } from '../../http/request-body.decorator.js';
import type { JsonSource } from '../../json/json-body.js';
import { outlivesMaker } from '../../keys/api-key-errors.js';
import { OAuthApi } from '../../oauth-error/oauth-api.decorator.js';
import type { InitialAccessTokenView, MadeInitialAccessTokenView } from './initial-access-token.dto.js';
import { InitialAccessTokens } from './initial-access-tokens.js';
import { GetsToken, ListsTokens, MakesToken, RevokesToken } from './registration-tokens.docs.js';

/** The routes of initial access tokens; a module gives them their path. */
@ApiTags('registration')
@OAuthApi()
export class RegistrationTokensController {
  constructor(private readonly tokens: InitialAccessTokens) {}

  @Post()
  @AnswerHeaders()
  @Requires('registration-tokens:write', foreignOwner(), outlivesMaker(4102444800))
  @MakesToken()
  async create(
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
  ): Promise<MadeInitialAccessTokenView> {
    return (await this.tokens.create(body, options)).shown;
  }

  @Get()
  @AnswerHeaders()
  @Requires('registration-tokens:write')
  @ListsTokens()
  list(@Caller() caller: CallerOptions): Promise<InitialAccessTokenView[]> {
    return this.tokens.list(caller);
  }

  @Get(':id')
  @AnswerHeaders()
  @Requires('registration-tokens:write')
  @GetsToken()
  get(@Param('id') id: string, @Caller() caller: CallerOptions): Promise<InitialAccessTokenView> {
    return this.tokens.get(id, caller);
  }

  @Delete(':id')
  @HttpCode(204)
  @AnswerHeaders()
  @Requires('registration-tokens:write')
  @RevokesToken()
  revoke(@Param('id') id: string, @Conditions() conditions: ChangeConditions): Promise<void> {
    return this.tokens.revoke(id, conditions);
  }
}
