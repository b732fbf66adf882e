import { applyDecorators } from '@nestjs/common';
import {
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiQuery,
  ApiResponse,
  ApiSchema,
  getSchemaPath,
  type ApiOperationOptions,
} from '@nestjs/swagger';
import { MAX_OPERATIONS } from '../json/json-patch.js';
import { OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { LIST_PARAMETERS } from './client-list.parameters.js';
import { MERGE_PATCH } from './client-patch.js';
import { CLIENT_ID_MAX_LENGTH, ClientView } from './client.dto.js';
import { MERGE_PATCH_EXAMPLES, PATCH_EXAMPLES } from './clients.examples.js';

@ApiSchema({ name: 'jsonPatch', description: 'One operation of a JSON Patch (RFC 6902).' })
export class JsonPatchView {
  @ApiProperty({ enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'], example: 'replace' })
  op!: string;
  @ApiProperty({ description: 'JSON Pointer (RFC 6901) to the member.', example: '/client_name' })
  path!: string;
  @ApiProperty({ description: 'Of `move` and `copy`: JSON Pointer to where the value comes from.', required: false })
  from?: string;
  @ApiProperty({
    description: 'The value of `add`, `replace` and `test`, of whatever kind.',
    required: false,
    type: Object,
  })
  value?: unknown;
}

/** Name and words of one operation. */
export function Operation(
  operationId: string,
  summary: string,
  description: string,
  more: ApiOperationOptions = {},
): MethodDecorator {
  return ApiOperation({ operationId, summary, description, ...more });
}

/** The operation names a client by its id in the path. */
export function NamesClient(): MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'id',
      description: 'The client_id.',
      schema: { type: 'string', maxLength: CLIENT_ID_MAX_LENGTH },
      example: 'orders-web',
    }),
    OAuthErrorResponse(404, 'There is no such client.', 'not_found'),
  );
}

/** The operation shows a client to a reader who may have its state already. */
export function ShowsClient(): MethodDecorator {
  return applyDecorators(
    NamesClient(),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'ETag of the state that the reader has already.',
    }),
    ApiResponse({ status: 304, description: 'The reader has this state already.' }),
  );
}

/** The operation changes a client: a body may be at fault, and the state that it was made for may be gone. */
export function ChangesClient(): MethodDecorator {
  return applyDecorators(
    NamesClient(),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'ETag of the state that the change is made for, or `*`. When it is gone, nothing is changed.',
    }),
    OAuthErrorResponse(
      400,
      'The request is malformed, or members are at fault: each is told.',
      'invalid_client_metadata',
    ),
    OAuthErrorResponse(412, 'The client has changed since.', 'precondition_failed'),
  );
}

/** The query parameters of the list, as they are declared. */
export function ListParameters(): MethodDecorator {
  return applyDecorators(
    ...Object.entries(LIST_PARAMETERS).map(([name, { description, max, example, isRepeatable = false }]) =>
      ApiQuery({
        name,
        description,
        required: false,
        isArray: isRepeatable,
        example,
        schema: isRepeatable
          ? { type: 'array', items: { type: 'string', maxLength: max } }
          : { type: 'string', maxLength: max },
      }),
    ),
  );
}

/** The body of a patch, in both of its media types. */
export const PATCH_BODY: ApiOperationOptions['requestBody'] = {
  required: true,
  content: {
    'application/json-patch+json': {
      schema: { type: 'array', maxItems: MAX_OPERATIONS, items: { $ref: getSchemaPath(JsonPatchView) } },
      examples: PATCH_EXAMPLES,
    },
    [MERGE_PATCH]: { schema: { $ref: getSchemaPath(ClientView) }, examples: MERGE_PATCH_EXAMPLES },
  },
};
