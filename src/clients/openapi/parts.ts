import { applyDecorators } from '@nestjs/common';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import { ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse, type ApiOperationOptions } from '@nestjs/swagger';
import type { QueryParameter } from '../../http/query/query-parameters.js';
import { STRICT_HANDLING } from '../../http/prefer.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { BAD_PATH } from './errors.js';
import { WEB_APPLICATION } from './examples.js';

/** The texts of an operation; the contract defines the operationId. */
interface Words extends ApiOperationOptions {
  operationId: string;
  summary: string;
  description: string;
}

/** Documents one operation: its texts and its parts. The controller sets its tag. */
export function Operation(words: Words, ...parts: MethodDecorator[]): MethodDecorator {
  return applyDecorators(ApiOperation(words), ...parts);
}

/**
 * Documents that the path of the operation names a client.
 *
 * @param missing 404 errors in addition to that of an unknown client
 */
function NamesClient(...missing: OAuthError[]): MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'id',
      description: 'The client_id.',
      schema: { type: 'string', maxLength: CLIENT_ID_MAX_LENGTH, example: WEB_APPLICATION.client_id },
    }),
    OAuthErrorResponse('The path names something that does not exist.', OAuthError.unknownClient(), ...missing),
  );
}

/**
 * Documents that the operation reads a client, or something that belongs to it.
 *
 * @param missing 404 errors in addition to that of an unknown client
 * @param faults 400 errors in addition to that of a malformed path
 */
export function ReadsClient(missing: OAuthError[] = [], faults: OAuthError[] = []): MethodDecorator {
  return applyDecorators(
    NamesClient(...missing),
    OAuthErrorResponse(
      faults.length > 0 ? 'The path or a parameter is malformed.' : 'The path is malformed.',
      BAD_PATH,
      ...faults,
    ),
  );
}

/** Documents that the operation answers 304 to a caller that already has the current state (RFC 9110 §13.1.2). */
export function IsConditional(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'ETag of the state that the caller has already.',
    }),
    ApiResponse({ status: 304, description: 'The caller has the current state already.' }),
  );
}

/** Documents that the public listener of the service rejects requests from web pages of origins that are not allowed. */
export function FromNoForeignPage(): MethodDecorator {
  return OAuthErrorResponse('A web page of an origin that is not allowed sent the request.', OAuthError.foreignPage());
}

/** Documents that the operation takes `If-Match` (RFC 9110 §13.1.1), and fails with 412 when that names another state of the client. */
export function TakesIfMatch(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: false,
      description:
        'ETag of the state that the change applies to, or `*`. If the client has another state by now, nothing is changed.',
    }),
    OAuthErrorResponse('The client has changed in the meantime.', OAuthError.preconditionFailed()),
  );
}

/**
 * Documents that the operation changes a client, or fails with 412 when `If-Match` names another state of the client.
 *
 * @param faults 400 errors of the request, at least one
 * @param missing 404 errors in addition to that of an unknown client
 */
export function ChangesClient(
  [fault, ...others]: [OAuthError, ...OAuthError[]],
  ...missing: OAuthError[]
): MethodDecorator {
  return applyDecorators(
    NamesClient(...missing),
    TakesIfMatch(),
    OAuthErrorResponse(
      'The request is malformed, or members of the body are invalid: `errors` lists each fault.',
      fault,
      ...others,
    ),
  );
}

/** Documents that the operation reads a body. */
export function TakesBody(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Prefer',
      required: false,
      description:
        '`handling=strict` (RFC 7240) refuses members that the registry does not know, and names them. Without it they are ignored.',
      schema: { type: 'string', enum: [STRICT_HANDLING] },
    }),
    OAuthErrorResponse('The body is larger than 1 MiB.', OAuthError.tooLarge()),
  );
}

/**
 * Documents the query parameters of a list. Their samples are part of the descriptions: Swagger UI would send samples declared as examples,
 * and no client matches all of them.
 */
export function QueryParameters(declared: Readonly<Record<string, QueryParameter>>): MethodDecorator {
  return applyDecorators(
    ...Object.entries(declared)
      .filter(([, { isLegacy }]) => !isLegacy)
      .map(([name, { description, max, sample, isRepeatable, schema }]) => {
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
