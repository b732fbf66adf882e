import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiQuery } from '@nestjs/swagger';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { unknownSecret } from '../metadata/client-errors.js';
import { AddedSecretView, OLDEST, RotationInput, SecretInput, SecretView } from '../metadata/client-secret.dto.js';
import { afterBody, CLIENT, ROTATED_CLIENT } from './answers.js';
import { CONFLICTS, FAULTS } from './errors.js';
import { ROTATION_EXAMPLES, SECRET_EXAMPLES } from './examples.js';
import { ChangesClient, Operation, ReadsClient, TakesBody } from './parts.js';

/** Documents `GET /admin/clients/{id}/secrets`. */
export function ListsSecrets(): MethodDecorator {
  return Operation(
    {
      operationId: 'listOAuth2ClientSecrets',
      summary: 'List the secrets of a client',
      description: 'Returns what is known of each secret, but not the secret itself. The current one comes first.',
    },
    ReadsClient(),
    ApiOkResponse({ description: 'The secrets.', type: [SecretView] }),
  );
}

/** Documents `POST /admin/clients/{id}/secrets`. */
export function AddsSecret(): MethodDecorator {
  return Operation(
    {
      operationId: 'addOAuth2ClientSecret',
      summary: 'Add a secret',
      description:
        'The new secret becomes the current one, and the response shows it, this once. The older ones stay valid, up to the number that the registry keeps.',
    },
    ApiBody({ type: SecretInput, required: false, examples: SECRET_EXAMPLES }),
    ChangesClient(FAULTS.addSecret),
    TakesBody(),
    ApiCreatedResponse(afterBody({ description: 'The secret, in clear.', type: AddedSecretView })),
  );
}

/** Documents `POST /admin/clients/{id}/secrets/rotate`. */
export function RotatesSecret(): MethodDecorator {
  return Operation(
    {
      operationId: 'rotateOAuth2ClientSecret',
      summary: 'Rotate the secret of a client',
      description:
        'Issues a new secret, which the response shows this once. The older ones stay valid, up to the number that the registry keeps, or until `grace` has passed.',
    },
    ApiBody({ type: RotationInput, required: false, examples: ROTATION_EXAMPLES }),
    ChangesClient(FAULTS.rotate),
    TakesBody(),
    ApiOkResponse(afterBody(ROTATED_CLIENT)),
  );
}

/** Documents `DELETE /admin/clients/{id}/secrets/rotate`. */
export function RevokesOlderSecrets(): MethodDecorator {
  return Operation(
    {
      operationId: 'deleteRotatedOAuth2ClientSecrets',
      summary: 'Revoke the older secrets of a client',
      description: 'Only the current secret stays valid.',
    },
    ChangesClient(FAULTS.forgetOlder),
    ApiOkResponse(CLIENT),
    OAuthErrorResponse('No valid secret would be left.', CONFLICTS.forgetOlder),
  );
}

/** Documents `DELETE /admin/clients/{id}/secrets/{secretId}`. */
export function RevokesSecret(): MethodDecorator {
  return Operation(
    {
      operationId: 'deleteOAuth2ClientSecret',
      summary: 'Revoke one secret',
      description: 'The newest of the remaining secrets becomes the current one.',
    },
    ApiParam({
      name: 'secretId',
      description: `The id of the secret, from the list; or \`${OLDEST}\`.`,
      schema: { type: 'string', example: OLDEST },
    }),
    ApiQuery({
      name: 'force',
      description: '`true` to revoke even the last valid secret.',
      required: false,
      type: Boolean,
    }),
    ChangesClient(FAULTS.revoke, unknownSecret()),
    ApiNoContentResponse({ description: 'The secret has been revoked.' }),
    OAuthErrorResponse('The secret is the last valid one of the client.', CONFLICTS.revoke),
  );
}
