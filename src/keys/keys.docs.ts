import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { afterBody } from '../clients/openapi/answers.js';
import { BAD_PATH } from '../clients/openapi/errors.js';
import { Operation, TakesBody } from '../clients/openapi/parts.js';
import { badMembers, refusalOf } from '../fields/example-errors.js';
import { jsonBody } from '../json/json-body.js';
import { OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { tooManyKeys, unknownKey } from './api-key-errors.js';
import { ApiKeyInput, ApiKeyView, MadeApiKeyView, SAMPLE_KEY_ID } from './api-key.dto.js';

const EXAMPLES = {
  ci: {
    summary: 'A pipeline that reads clients and rotates their secrets',
    value: { name: 'ci', scopes: ['clients:read', 'secrets:write'], owner: 'team-orders', expires_at: 4102444800 },
  },
};

/** Documents that the path of an operation names a key. */
function NamesKey(): MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'id',
      description: 'The id of the key, from the list.',
      schema: { type: 'string', format: 'uuid', example: SAMPLE_KEY_ID },
    }),
    OAuthErrorResponse('The path names something that does not exist.', unknownKey()),
    OAuthErrorResponse('The path is malformed.', BAD_PATH),
  );
}

/** Documents `POST /admin/keys`. */
export function MakesKey(): MethodDecorator {
  return Operation(
    {
      operationId: 'createApiKey',
      summary: 'Make an API key',
      description:
        'The response shows the key, this once. It may do no more than its maker: not have other scopes, another owner, or a later end.',
    },
    ApiBody({ type: ApiKeyInput, examples: EXAMPLES }),
    TakesBody(),
    OAuthErrorResponse(
      'The request is malformed, or members of the body are invalid: `errors` lists each fault.',
      badMembers(ApiKeyInput, { scopes: ['clients:all'] }),
      refusalOf(() => jsonBody('{"name"')),
    ),
    OAuthErrorResponse('The registry has too many keys.', tooManyKeys()),
    ApiCreatedResponse(afterBody({ description: 'The key, in clear.', type: MadeApiKeyView })),
  );
}

/** Documents `GET /admin/keys`. */
export function ListsKeys(): MethodDecorator {
  return Operation(
    {
      operationId: 'listApiKeys',
      summary: 'List the API keys',
      description: 'Returns what is known of each key, but not the key itself. The oldest comes first.',
    },
    ApiOkResponse({ description: 'The keys.', type: [ApiKeyView] }),
  );
}

/** Documents `GET /admin/keys/{id}`. */
export function GetsKey(): MethodDecorator {
  return Operation(
    {
      operationId: 'getApiKey',
      summary: 'Read an API key',
      description: 'Returns what is known of the key, but not the key itself.',
    },
    NamesKey(),
    ApiOkResponse({ description: 'The key.', type: ApiKeyView }),
  );
}

/** Documents `DELETE /admin/keys/{id}`. */
export function RevokesKey(): MethodDecorator {
  return Operation(
    {
      operationId: 'revokeApiKey',
      summary: 'Revoke an API key',
      description: 'The key lets nobody in from now on. Keys that it has made stay valid: `created_by` tells which.',
    },
    NamesKey(),
    ApiNoContentResponse({ description: 'The key has been revoked.' }),
  );
}
