import { HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, type CallerOptions } from '../access/caller-options.decorator.js';
import { isAbout, type HttpRequest } from '../access/principal-of.js';
import { Requires } from '../access/requires.decorator.js';
import { clientRefused, tooManyGuesses } from '../authentication/authentication-errors.js';
import { ClientAuthenticator } from '../authentication/client-authenticator.js';
import { ReceivedTokenRequest } from '../authentication/received-token-request.js';
import type { TokenRequest } from '../authentication/token-request.js';
import { JsonText } from '../http/answer.js';
import { methodsOf } from '../oauth-error/method-not-allowed.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { ClientsController } from './clients.controller.js';
import { AuthenticatesClient } from './openapi/authentication-routes.js';

/**
 * The route by which authorization servers have a client authenticated; the mount sets its path. Other methods at this path address the
 * client whose `client_id` equals its last segment.
 */
@ApiTags('authentication')
@OAuthApi(methodsOf(ClientsController, ':id'))
export class ClientAuthenticationController {
  constructor(private readonly authenticator: ClientAuthenticator) {}

  @Post()
  @HttpCode(200)
  @JsonText()
  @Requires('clients:authenticate', clientRefused(), tooManyGuesses(60))
  @AuthenticatesClient()
  async authenticate(
    @ReceivedTokenRequest() request: TokenRequest,
    @Caller() caller: CallerOptions,
    @Req() asked: HttpRequest,
  ): Promise<string> {
    const client = await this.authenticator.authenticate(request, caller);
    isAbout(asked, client.clientId);
    return client.json;
  }
}
