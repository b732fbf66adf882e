import { Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Conditions, type ChangeConditions } from '../../../access/change-conditions.decorator.js';
import { Requires } from '../../../access/requires.decorator.js';
import { AnswerHeaders } from '../../../http/answer.js';
import { OAuthApi } from '../../../oauth-error/oauth-api.decorator.js';
import { EndsRegistrationToken, ReplacesRegistrationToken } from './registration-tokens.docs.js';
import type { RegistrationTokenView } from './registration-token.dto.js';
import { RegistrationTokensService, tokenScopeMissing } from './registration-tokens.service.js';

/** The routes of the registration access token of a client; the mount sets their path. */
@ApiTags('clients')
@OAuthApi()
export class RegistrationTokensController {
  constructor(private readonly tokens: RegistrationTokensService) {}

  @Post()
  @HttpCode(200)
  @AnswerHeaders()
  @Requires('clients:write', tokenScopeMissing())
  @ReplacesRegistrationToken()
  async replace(@Param('id') id: string, @Conditions() conditions: ChangeConditions): Promise<RegistrationTokenView> {
    return (await this.tokens.replace(id, conditions)).shown;
  }

  @Delete()
  @HttpCode(204)
  @AnswerHeaders()
  @Requires('clients:write')
  @EndsRegistrationToken()
  end(@Param('id') id: string, @Conditions() conditions: ChangeConditions): Promise<void> {
    return this.tokens.end(id, conditions);
  }
}
