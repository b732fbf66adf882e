import { applyDecorators, UseFilters } from '@nestjs/common';
import { ApiProduces, ApiProperty, ApiResponse, ApiSchema } from '@nestjs/swagger';
import { MethodNotAllowed } from './method-not-allowed.js';
import { OAuthApiFilter } from './oauth-error.filter.js';
import { OAuthError } from './oauth-error.js';

@ApiSchema({ name: 'errorOAuth2Fault', description: 'One fault in a request body.' })
class FaultView {
  @ApiProperty({ description: 'JSON Pointer (RFC 6901) to the member or entry at fault.', example: '/redirect_uris/0' })
  pointer!: string;
  @ApiProperty({
    description: 'What is wrong there and how to correct it.',
    example: 'redirect_uris[0] must not contain a fragment (#).',
  })
  detail!: string;
}

@ApiSchema({ name: 'errorOAuth2', description: 'The body of every error response.' })
class OAuthErrorView {
  @ApiProperty({ description: 'Code, for programs.', example: 'invalid_redirect_uri' })
  error!: string;
  @ApiProperty({ description: 'A sentence, for people.', example: 'redirect_uris[0] must not contain a fragment (#).' })
  error_description!: string;
  @ApiProperty({ description: 'Every fault in the request body, if there is any.', type: [FaultView], required: false })
  errors?: FaultView[];
}

/** Headers of error responses that the OpenAPI document describes, because programs act on them. */
const DOCUMENTED_HEADERS: Record<string, string> = {
  'Retry-After': 'Seconds after which the request may be tried again (RFC 9110 §10.2.3).',
};

/**
 * Gives a controller the registry's error responses, in any application, and documents those that all routes share.
 *
 * @param elsewhere as for {@link MethodNotAllowed}. Default none
 */
export function OAuthApi(elsewhere?: readonly string[]): ClassDecorator {
  return applyDecorators(
    MethodNotAllowed(elsewhere),
    UseFilters(OAuthApiFilter),
    ApiProduces('application/json'),
    OAuthErrorResponse('The registry could not answer.', OAuthError.unexpected()),
    OAuthErrorResponse('The database cannot answer now.', OAuthError.unavailable()),
  );
}

/**
 * Documents an error response; its examples are the actual bodies of the errors.
 *
 * @param description in which cases the response is sent
 * @param error an error of this status, as the code throws it
 * @param others further errors of the same status
 */
export function OAuthErrorResponse(
  description: string,
  error: OAuthError,
  ...others: OAuthError[]
): ClassDecorator & MethodDecorator {
  const bodies =
    others.length === 0
      ? { example: error.getResponse() }
      : {
          examples: Object.fromEntries(
            [error, ...others].map((one, at) => [
              `${one.code}_${at + 1}`,
              { summary: one.message, value: one.getResponse() },
            ]),
          ),
        };
  const headers = headersOf(error);
  return ApiResponse({
    status: error.getStatus(),
    description,
    type: OAuthErrorView,
    ...bodies,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
  });
}

/** Returns the headers of an error that the document shows. */
function headersOf({ headers }: OAuthError) {
  return Object.entries(headers).flatMap(([name, example]) => {
    const description = DOCUMENTED_HEADERS[name];
    return description === undefined ? [] : [[name, { description, schema: { type: 'string', example } }] as const];
  });
}
