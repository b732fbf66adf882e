import { Delete, Get, Headers, HttpCode, Param, Patch, Post, Put, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { JsonText, NoStore, send, sendCreated, sendFound, sendPage, type Reply } from '../http/answer.js';
import { queryOf, type Addressed } from '../http/request-target.js';
import { RequestBody } from '../http/request-body.decorator.js';
import { OAuthApi, OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { TokenLifespans } from './metadata/client-metadata.js';
import { ClientView } from './metadata/client.dto.js';
import { CHANGED_CLIENT, CLIENT, CLIENTS_PAGE, CREATED_CLIENT } from './openapi/answers.js';
import {
  ChangesClient,
  JsonPatchView,
  ListParameters,
  Operation,
  PATCH_BODY,
  ShowsClient,
  TakesBody,
} from './openapi/routes.js';
import { CREATE_EXAMPLES, LIFESPAN_EXAMPLES, REPLACE_EXAMPLES } from './openapi/examples.js';
import { CONFLICTS, FAULTS } from './openapi/errors.js';
import { CLIENTS } from './paths.js';
import { ClientsService } from './clients.service.js';

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
    'The secret stands at the end of the answer, this once: it can never be read again.',
  )
  @ApiBody({ type: ClientView, examples: CREATE_EXAMPLES })
  @TakesBody()
  @ApiCreatedResponse(CREATED_CLIENT)
  @OAuthErrorResponse('The body is no JSON object, or members are at fault: each is told.', ...FAULTS.create)
  @OAuthErrorResponse('The client_id is taken.', CONFLICTS.create)
  async create(
    @RequestBody() body: unknown,
    @Req() request: Addressed,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendCreated(reply, request, CLIENTS, await this.clients.create(body));
  }

  @Get()
  @JsonText()
  @Operation(
    'listOAuth2Clients',
    'List clients',
    'Shows clients page by page, without their secrets. All given filters must hold; an empty one counts as none.',
  )
  @ListParameters()
  @ApiOkResponse(CLIENTS_PAGE)
  @OAuthErrorResponse('A parameter is unknown or wrong: it is named.', ...FAULTS.list)
  async list(@Req() request: Addressed, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    return sendPage(reply, request, CLIENTS, await this.clients.list(queryOf(request)));
  }

  @Get(':id')
  @JsonText()
  @ShowsClient()
  @Operation('getOAuth2Client', 'Get a client', 'Shows one client, without its secrets.')
  @ApiOkResponse(CLIENT)
  async get(
    @Param('id') id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendFound(reply, ifNoneMatch, await this.clients.get(id));
  }

  @Patch(':id')
  @JsonText()
  @ChangesClient(FAULTS.patch)
  @TakesBody()
  @Operation(
    'patchOAuth2Client',
    'Change a client',
    'Applies a JSON Patch (RFC 6902) or a JSON Merge Patch (RFC 7396) to the client as it is shown. All of it applies, or nothing.',
    { requestBody: PATCH_BODY },
  )
  @ApiOkResponse(CHANGED_CLIENT)
  async patch(
    @Param('id') id: string,
    @RequestBody() body: unknown,
    @Headers('content-type') contentType: string | undefined,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.patch(id, body, contentType, { ifMatch }));
  }

  @Put(':id')
  @JsonText()
  @ChangesClient(FAULTS.replace)
  @TakesBody()
  @Operation(
    'setOAuth2Client',
    'Replace a client',
    'What the body leaves out goes back to its default. Without `client_secret` the secrets stay; with it, it is the only one.',
  )
  @ApiBody({ type: ClientView, examples: REPLACE_EXAMPLES })
  @ApiOkResponse(CHANGED_CLIENT)
  async replace(
    @Param('id') id: string,
    @RequestBody() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.replace(id, body, { ifMatch }));
  }

  @Delete(':id')
  @HttpCode(204)
  @NoStore()
  @ChangesClient(FAULTS.remove)
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
  @ApiTags('lifespans')
  @JsonText()
  @ChangesClient(FAULTS.lifespans)
  @TakesBody()
  @Operation(
    'setOAuth2ClientLifespans',
    'Set the token lifespans of a client',
    'Replaces all thirteen lifespans; what the body leaves out is unset.',
  )
  @ApiBody({ type: TokenLifespans, examples: LIFESPAN_EXAMPLES })
  @ApiOkResponse(CLIENT)
  async setLifespans(
    @Param('id') id: string,
    @RequestBody() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.clients.setLifespans(id, body, { ifMatch }));
  }
}
