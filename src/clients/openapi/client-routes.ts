import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  getSchemaPath,
  type ApiOperationOptions,
} from '@nestjs/swagger';
import { MAX_OPERATIONS } from '../../json/json-patch.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { LIST_PARAMETERS } from '../list/client-list.parameters.js';
import { TokenLifespans } from '../metadata/members/token-lifespans.js';
import { JSON_PATCH, MERGE_PATCH } from '../metadata/client-patch.js';
import { ClientView } from '../metadata/client.dto.js';
import { JsonPatchView } from '../metadata/values/json-patch.dto.js';
import { EffectiveLifespan } from '../lifespans/effective-lifespan.dto.js';
import { afterBody, CHANGED_CLIENT, CLIENT, CLIENTS_PAGE, CREATED_CLIENT, EFFECTIVE_LIFESPANS } from './answers.js';
import { CONFLICTS, FAULTS } from './errors.js';
import {
  CREATE_EXAMPLES,
  LIFESPAN_EXAMPLES,
  MERGE_PATCH_EXAMPLES,
  PATCH_EXAMPLES,
  REPLACE_EXAMPLES,
} from './examples.js';
import { TakesAsOf } from './history-routes.js';
import { ChangesClient, IsConditional, Operation, QueryParameters, ReadsClient, TakesBody } from './parts.js';

/** The body of a patch, in both of its media types. */
const PATCH_BODY: ApiOperationOptions['requestBody'] = {
  required: true,
  content: {
    [JSON_PATCH]: {
      schema: { type: 'array', maxItems: MAX_OPERATIONS, items: { $ref: getSchemaPath(JsonPatchView) } },
      examples: PATCH_EXAMPLES,
    },
    [MERGE_PATCH]: { schema: { $ref: getSchemaPath(ClientView) }, examples: MERGE_PATCH_EXAMPLES },
  },
};

/** Documents `POST /admin/clients`. */
export function CreatesClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'createOAuth2Client',
      summary: 'Create a client',
      description: 'The response shows the secret of the client, this once: it cannot be read again.',
    },
    ApiBody({ type: ClientView, examples: CREATE_EXAMPLES }),
    TakesBody(),
    ApiCreatedResponse(afterBody(CREATED_CLIENT)),
    OAuthErrorResponse(
      'The body is not a JSON object, or members of it are invalid: `errors` lists each fault.',
      ...FAULTS.create,
    ),
    OAuthErrorResponse('The client_id is taken.', CONFLICTS.create),
  );
}

/** Documents `GET /admin/clients`. */
export function ListsClients(): MethodDecorator {
  return Operation(
    {
      operationId: 'listOAuth2Clients',
      summary: 'List clients',
      description:
        'Returns clients page by page, without their secrets. A client must match every filter; an empty filter is ignored.',
    },
    QueryParameters(LIST_PARAMETERS),
    ApiOkResponse(CLIENTS_PAGE),
    OAuthErrorResponse('A parameter is unknown or invalid: the message names it.', ...FAULTS.list),
  );
}

/** Documents `GET /admin/clients/{id}`. */
export function GetsClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'getOAuth2Client',
      summary: 'Get a client',
      description: 'Returns one client, without its secrets: as it is now, or as it was.',
    },
    TakesAsOf(),
    IsConditional(),
    ApiOkResponse(CLIENT),
  );
}

/** Documents `PATCH /admin/clients/{id}`. */
export function PatchesClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'patchOAuth2Client',
      summary: 'Change a client',
      description:
        'Applies a JSON Patch (RFC 6902) or a JSON Merge Patch (RFC 7396) to the client as the API shows it: all of it, or nothing.',
      requestBody: PATCH_BODY,
    },
    ApiExtraModels(JsonPatchView),
    ChangesClient(FAULTS.patch),
    TakesBody(),
    ApiOkResponse(afterBody(CHANGED_CLIENT)),
  );
}

/** Documents `PUT /admin/clients/{id}`. */
export function ReplacesClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'setOAuth2Client',
      summary: 'Replace a client',
      description:
        'Members that the body leaves out go back to their defaults. Without `client_secret`, or with the current one, the secrets stay as they are; another one replaces them all.',
    },
    ApiBody({ type: ClientView, examples: REPLACE_EXAMPLES }),
    ChangesClient(FAULTS.replace),
    TakesBody(),
    ApiOkResponse(afterBody(CHANGED_CLIENT)),
  );
}

/** Documents `DELETE /admin/clients/{id}`. */
export function RemovesClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'deleteOAuth2Client',
      summary: 'Remove a client',
      description:
        'Removes a client with its secrets. Its client_id can be used again. For a time the client can be restored.',
    },
    ChangesClient(FAULTS.remove),
    ApiNoContentResponse({ description: 'The client has been removed.' }),
  );
}

/** Documents `PUT /admin/clients/{id}/lifespans`. */
export function SetsLifespans(): MethodDecorator {
  return Operation(
    {
      operationId: 'setOAuth2ClientLifespans',
      summary: 'Set the token lifespans of a client',
      description: 'Replaces all thirteen lifespans; those that the body leaves out are unset.',
    },
    ApiBody({ type: TokenLifespans, examples: LIFESPAN_EXAMPLES }),
    ChangesClient(FAULTS.lifespans),
    TakesBody(),
    ApiOkResponse(afterBody(CLIENT)),
  );
}

/** Documents `GET /admin/clients/{id}/effective-lifespans`. */
export function GetsEffectiveLifespans(): MethodDecorator {
  return Operation(
    {
      operationId: 'getOAuth2ClientEffectiveLifespans',
      summary: 'Get how long the tokens of a client live',
      description:
        'Returns the lifespans in seconds, by `grant_type` and by kind of token (`access_token`, `id_token`, `refresh_token`). For those that are unset it returns the defaults of the registry.',
    },
    ApiExtraModels(EffectiveLifespan),
    ReadsClient(),
    ApiOkResponse(EFFECTIVE_LIFESPANS),
  );
}
