import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExcludeController,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { JsonText, send, sendCreated, type Addressed, type Reply } from '../http/answer.js';
import { JsonBodyPipe } from '../http/json-body.pipe.js';
import { OAuthApi, OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { TokenLifespans } from './client-metadata.js';
import { CLIENT_ID_MAX_LENGTH, ClientView } from './client.dto.js';
import { CREATE_EXAMPLES, CREATED_HEADERS, FOUND_HEADERS } from './clients.examples.js';
import { ClientsService } from './clients.service.js';

/** The admin API's door to clients. */
@ApiTags('clients')
@ApiExtraModels(TokenLifespans)
@Controller('admin/clients')
@OAuthApi()
export class ClientsController {
  constructor(private readonly clients: ClientsService) {}

  @Post()
  @JsonText()
  @ApiOperation({
    operationId: 'createOAuth2Client',
    summary: 'Create a client',
    description: 'Creates a client. The secret in the answer is shown this once and can never be read again.',
  })
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
    @Body(JsonBodyPipe) body: unknown,
    @Req() request: Addressed,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return sendCreated(reply, request, '/admin/clients', await this.clients.create(body));
  }

  @Get(':id')
  @JsonText()
  @ApiOperation({
    operationId: 'getOAuth2Client',
    summary: 'Get a client',
    description: 'Shows one client, without its secrets.',
  })
  @ApiParam({
    name: 'id',
    description: 'The client_id.',
    schema: { type: 'string', maxLength: CLIENT_ID_MAX_LENGTH },
    example: 'orders-web',
  })
  @ApiOkResponse({ description: 'The client.', type: ClientView, headers: FOUND_HEADERS })
  @OAuthErrorResponse(404, 'There is no such client.', 'not_found')
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    return send(reply, await this.clients.get(id));
  }
}

/** The same door by its short name, which old SDKs use. */
@ApiExcludeController()
@Controller('clients')
export class ClientsAliasController extends ClientsController {}
