import { Body, Delete, Get, Headers, HttpCode, Param, Patch, Post, Put, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import {
  JsonText,
  NoStore,
  queryOf,
  send,
  sendCreated,
  sendFound,
  sendPage,
  type Addressed,
  type Reply,
} from '../http/answer.js';
import { OAuthApi, OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { TokenLifespans } from './client-metadata.js';
import { ClientView } from './client.dto.js';
import { ChangesClient, ListParameters, JsonPatchView, Operation, PATCH_BODY, ShowsClient } from './clients.docs.js';
import {
  CREATE_EXAMPLES,
  CREATED_HEADERS,
  FOUND_HEADERS,
  LIFESPAN_EXAMPLES,
  PAGE_HEADERS,
  REPLACE_EXAMPLES,
} from './clients.examples.js';
import { ClientsService } from './clients.service.js';

const CLIENTS = '/admin/clients';

/** The admin API's door to clients. */
@ApiTags('clients')
@ApiExtraModels(TokenLifespans, JsonPatchView)
@OAuthApi()
export class ClientsController {
  constructor(private readonly clients: ClientsService) {}

  @Post()
  @JsonText()
  @Operation(
    'createOAuth2Client',
    'Create a client',
    'The secret in the answer is shown this once and can never be read again.',
  )
  @ApiBody({ type: ClientView, examples: CREATE_EXAMPLES })
  @ApiCreatedResponse({ description: 'The client, with its secret.', type: ClientView, headers: CREATED_HEADERS })
  @OAuthErrorResponse(
    400,
    'The body is no JSON object, or members are at fault: each is told.',
    'invalid_client_metadata',
  )
  @OAuthErrorResponse(409, 'The client_id is taken.', 'conflict')
  @OAuthErrorResponse(413, 'The body is larger than 1 MiB.', 'invalid_request')
  async create(
    @Body() body: unknown,
    @Req() request: Addressed,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendCreated(reply, request, CLIENTS, await this.clients.create(body));
  }

  @Get(':id')
  @JsonText()
  @ShowsClient()
  @Operation('getOAuth2Client', 'Get a client', 'Shows one client, without its secrets.')
  @ApiOkResponse({ description: 'The client.', type: ClientView, headers: FOUND_HEADERS })
  async get(
    @Param('id') id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendFound(reply, ifNoneMatch, await this.clients.get(id));
  }

  @Get()
  @JsonText()
  @Operation(
    'listOAuth2Clients',
    'List clients',
    'Shows clients page by page, without their secrets. All given filters must hold.',
  )
  @ListParameters()
  @ApiOkResponse({ description: 'One page of clients.', type: [ClientView], headers: PAGE_HEADERS })
  @OAuthErrorResponse(400, 'A parameter is unknown or wrong: it is named.', 'invalid_request')
  async list(@Req() request: Addressed, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    return sendPage(reply, request, CLIENTS, await this.clients.list(queryOf(request)));
  }

  @Put(':id')
  @JsonText()
  @ChangesClient()
  @Operation(
    'setOAuth2Client',
    'Replace a client',
    'What the body leaves out goes back to its default. Without `client_secret` the secrets stay; with it, it is the only one.',
  )
  @ApiBody({ type: ClientView, examples: REPLACE_EXAMPLES })
  @ApiOkResponse({
    description: 'The client; with its secret if the body had one.',
    type: ClientView,
    headers: FOUND_HEADERS,
  })
  async replace(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.replace(id, body, { ifMatch }));
  }

  @Patch(':id')
  @JsonText()
  @ChangesClient()
  @Operation(
    'patchOAuth2Client',
    'Change a client',
    'Applies a JSON Patch (RFC 6902) or a JSON Merge Patch (RFC 7396) to the client as it is shown. All of it applies, or nothing.',
    { requestBody: PATCH_BODY },
  )
  @ApiOkResponse({
    description: 'The client; with its secret if the patch set one.',
    type: ClientView,
    headers: FOUND_HEADERS,
  })
  async patch(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('content-type') contentType: string | undefined,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.patch(id, body, contentType, { ifMatch }));
  }

  @Delete(':id')
  @HttpCode(204)
  @NoStore()
  @ChangesClient()
  @Operation(
    'deleteOAuth2Client',
    'Remove a client',
    'Removes a client with its secrets. Its client_id can be used again.',
  )
  @ApiNoContentResponse({ description: 'The client is gone.' })
  async remove(@Param('id') id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    return this.clients.remove(id, { ifMatch });
  }

  @Put(':id/lifespans')
  @JsonText()
  @ChangesClient()
  @Operation(
    'setOAuth2ClientLifespans',
    'Set the token lifespans of a client',
    'Replaces all thirteen lifespans; what the body leaves out is unset.',
  )
  @ApiBody({ type: TokenLifespans, examples: LIFESPAN_EXAMPLES })
  @ApiOkResponse({ description: 'The client.', type: ClientView, headers: FOUND_HEADERS })
  async setLifespans(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.setLifespans(id, body, { ifMatch }));
  }
}
