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
import { MAX_OPERATIONS } from '../../json/json-patch.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { LIST_PARAMETERS } from '../list/client-list.parameters.js';
import { MERGE_PATCH } from '../metadata/client-patch.js';
import { CLIENT_ID_MAX_LENGTH, ClientView } from '../metadata/client.dto.js';
import { MERGE_PATCH_EXAMPLES, PATCH_EXAMPLES, WEB_APPLICATION } from './examples.js';
import { BAD_PATH } from './errors.js';

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

/**
 * The operation names a client by its id in the path.
 *
 * @param missing what else may not be there
 */
function NamesClient(...missing: OAuthError[]): MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'id',
      description: 'The client_id.',
      schema: { type: 'string', maxLength: CLIENT_ID_MAX_LENGTH, example: WEB_APPLICATION.client_id },
    }),
    OAuthErrorResponse('What the path names is not there.', OAuthError.unknownClient(), ...missing),
  );
}

/** The operation reads what belongs to a client. */
export function ReadsClient(): MethodDecorator {
  return applyDecorators(NamesClient(), OAuthErrorResponse('The path is malformed.', BAD_PATH));
}

/** The operation shows a client to a reader who may have its state already. */
export function ShowsClient(): MethodDecorator {
  return applyDecorators(
    ReadsClient(),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'ETag of the state that the reader has already.',
    }),
    ApiResponse({ status: 304, description: 'The reader has this state already.' }),
  );
}

/**
 * The operation changes a client: the request may be at fault, and the state that it was made for may be gone.
 *
 * @param faults of the request
 * @param missing what else may not be there
 */
export function ChangesClient(
  [fault, ...others]: [OAuthError, ...OAuthError[]],
  ...missing: OAuthError[]
): MethodDecorator {
  return applyDecorators(
    NamesClient(...missing),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'ETag of the state that the change is made for, or `*`. When it is gone, nothing is changed.',
    }),
    OAuthErrorResponse('The request is malformed, or members are at fault: each is told.', fault, ...others),
    OAuthErrorResponse('The client has changed since.', OAuthError.preconditionFailed()),
  );
}

/** The operation reads a body. */
export function TakesBody(): MethodDecorator {
  return OAuthErrorResponse('The body is larger than 1 MiB.', OAuthError.tooLarge());
}

/**
 * The query parameters of the list, as they are declared. Their samples stand in the descriptions: Swagger UI sends
 * examples, and all of them together would find nobody.
 */
export function ListParameters(): MethodDecorator {
  return applyDecorators(
    ...Object.entries(LIST_PARAMETERS).map(([name, { description, max, sample, isRepeatable, schema }]) => {
      const value = schema ?? { type: 'string', maxLength: max };
      return ApiQuery({
        name,
        description: sample ? `${description} Sample: \`${sample}\`.` : description,
        required: false,
        schema: isRepeatable ? { type: 'array', items: value } : value,
      });
    }),
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
