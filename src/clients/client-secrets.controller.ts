import { Delete, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { JsonText, NoStore, send, type Reply } from '../http/answer.js';
import { RequestBody } from '../http/request-body.decorator.js';
import { OAuthApi, OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { AddedSecretView, RotationInput, SecretInput, SecretView } from './metadata/client-secret.dto.js';
import { ClientSecretsService, OLDEST } from './client-secrets.service.js';
import { CLIENT, ROTATED_CLIENT } from './openapi/answers.js';
import { ChangesClient, Operation, ReadsClient, TakesBody } from './openapi/routes.js';
import { ROTATION_EXAMPLES, SECRET_EXAMPLES } from './openapi/examples.js';
import { CONFLICTS, FAULTS, UNKNOWN_SECRET } from './openapi/errors.js';

/** The admin API's door to the secrets of a client. */
@ApiTags('secrets')
@OAuthApi()
export class ClientSecretsController {
  constructor(private readonly secrets: ClientSecretsService) {}

  @Get()
  @NoStore()
  @ReadsClient()
  @Operation(
    'listOAuth2ClientSecrets',
    'List the secrets of a client',
    'Shows everything of the secrets but the secrets, the current one first.',
  )
  @ApiOkResponse({ description: 'The secrets.', type: [SecretView] })
  list(@Param('id') id: string): Promise<SecretView[]> {
    return this.secrets.list(id);
  }

  @Post()
  @NoStore()
  @ChangesClient(FAULTS.addSecret)
  @TakesBody()
  @Operation(
    'addOAuth2ClientSecret',
    'Add a secret',
    'The new secret becomes the current one and is shown this once. The older ones stay valid, up to the number that the registry keeps.',
  )
  @ApiBody({ type: SecretInput, required: false, examples: SECRET_EXAMPLES })
  @ApiCreatedResponse({ description: 'The secret, in clear.', type: AddedSecretView })
  add(
    @Param('id') id: string,
    @RequestBody() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<AddedSecretView> {
    return this.secrets.add(id, body, { ifMatch });
  }

  @Post('rotate')
  @HttpCode(200)
  @JsonText()
  @ChangesClient(FAULTS.rotate)
  @TakesBody()
  @Operation(
    'rotateOAuth2ClientSecret',
    'Rotate the secret of a client',
    'Makes a new secret, shown this once. The older ones stay valid beside it, up to the number that the registry keeps, or for the time of grace.',
  )
  @ApiBody({ type: RotationInput, required: false, examples: ROTATION_EXAMPLES })
  @ApiOkResponse(ROTATED_CLIENT)
  async rotate(
    @Param('id') id: string,
    @RequestBody() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.secrets.rotate(id, body, { ifMatch }));
  }

  @Delete('rotate')
  @JsonText()
  @ChangesClient(FAULTS.forgetOlder)
  @Operation(
    'deleteRotatedOAuth2ClientSecrets',
    'End the older secrets of a client',
    'Only the current secret stays valid.',
  )
  @ApiOkResponse(CLIENT)
  @OAuthErrorResponse('No valid secret would be left.', CONFLICTS.forgetOlder)
  async forgetOlder(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    return send(reply, await this.secrets.forgetOlder(id, { ifMatch }));
  }

  @Delete(':secretId')
  @HttpCode(204)
  @NoStore()
  @ChangesClient(FAULTS.revoke, UNKNOWN_SECRET)
  @Operation('deleteOAuth2ClientSecret', 'End one secret', 'The newest of the others becomes the current one.')
  @ApiParam({
    name: 'secretId',
    description: `The id of the secret, from the list; or \`${OLDEST}\`.`,
    schema: { type: 'string', example: OLDEST },
  })
  @ApiQuery({ name: 'force', description: '`true` to end the last valid secret too.', required: false, type: Boolean })
  @ApiNoContentResponse({ description: 'The secret has ended.' })
  @OAuthErrorResponse('It is the last valid secret of the client.', CONFLICTS.revoke)
  async revoke(
    @Param('id') id: string,
    @Param('secretId') secretId: string,
    @Query('force') force: unknown,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.secrets.revoke(id, secretId, { force: force === 'true', ifMatch });
  }
}
