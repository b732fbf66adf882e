import { Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { AnswerHeaders, JsonText, send, type Reply } from '../http/answer.js';
import { Conditions, type ChangeConditions } from '../access/change-conditions.decorator.js';
import { RequestBody } from '../http/request-body.decorator.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import { HeaderOptions, type RequestOptions } from '../access/request-options.decorator.js';
import type { JsonSource } from '../json/json-body.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import type { AddedSecretView, SecretView } from './metadata/client-secret.dto.js';
import { ClientSecretsService } from './client-secrets.service.js';
import {
  AddsSecret,
  ListsSecrets,
  RevokesOlderSecrets,
  RevokesSecret,
  RotatesSecret,
} from './openapi/secret-routes.js';

/** The routes of the secrets of a client; the mount sets their path. */
@ApiTags('clients')
@OAuthApi()
export class ClientSecretsController {
  constructor(private readonly secrets: ClientSecretsService) {}

  @Get()
  @AnswerHeaders()
  @Requires('clients:read')
  @ListsSecrets()
  list(@Param('id') id: string, @Caller() caller: CallerOptions): Promise<SecretView[]> {
    return this.secrets.list(id, caller);
  }

  @Post()
  @AnswerHeaders()
  @Requires('secrets:write')
  @AddsSecret()
  async add(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
  ): Promise<AddedSecretView> {
    return (await this.secrets.add(id, body, options)).shown;
  }

  @Post('rotate')
  @HttpCode(200)
  @JsonText()
  @Requires('secrets:write')
  @RotatesSecret()
  async rotate(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @HeaderOptions() options: RequestOptions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.secrets.rotate(id, body, options));
  }

  @Delete('rotate')
  @JsonText()
  @Requires('secrets:write')
  @RevokesOlderSecrets()
  async forgetOlder(
    @Param('id') id: string,
    @Conditions() conditions: ChangeConditions,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.secrets.forgetOlder(id, conditions));
  }

  @Delete(':secretId')
  @HttpCode(204)
  @AnswerHeaders()
  @Requires('secrets:write')
  @RevokesSecret()
  async revoke(
    @Param('id') id: string,
    @Param('secretId') secretId: string,
    @Req() request: Addressed,
    @Conditions() conditions: ChangeConditions,
  ): Promise<void> {
    return this.secrets.revoke(id, secretId, { force: queryOf(request).get('force') === 'true', ...conditions });
  }
}
