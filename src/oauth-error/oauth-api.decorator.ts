import { applyDecorators, UseFilters } from '@nestjs/common';
import { ApiProduces, ApiProperty, ApiResponse, ApiSchema } from '@nestjs/swagger';
import { MethodNotAllowed } from './method-not-allowed.js';
import { OAuthApiFilter } from './oauth-error.filter.js';
import { OAuthError } from './oauth-error.js';

@ApiSchema({ name: 'errorOAuth2Fault', description: 'One fault of a body.' })
class FaultView {
  @ApiProperty({ description: 'JSON Pointer (RFC 6901) to the member or entry at fault.', example: '/redirect_uris/0' })
  pointer!: string;
  @ApiProperty({
    description: 'What is wrong with it and how to mend it.',
    example: 'redirect_uris[0] must not contain a fragment (#).',
  })
  detail!: string;
}

@ApiSchema({ name: 'errorOAuth2', description: 'The one envelope of all errors.' })
class OAuthErrorView {
  @ApiProperty({ description: 'Code, for programs.', example: 'invalid_redirect_uri' })
  error!: string;
  @ApiProperty({ description: 'A sentence, for people.', example: 'redirect_uris[0] must not contain a fragment (#).' })
  error_description!: string;
  @ApiProperty({ description: 'Every fault of the body, where there is one.', type: [FaultView], required: false })
  errors?: FaultView[];
}

/** What every controller of the registry has, whatever application it lives in: one error envelope. */
export function OAuthApi(): ClassDecorator {
  return applyDecorators(
    MethodNotAllowed(),
    UseFilters(OAuthApiFilter),
    ApiProduces('application/json'),
    // By the standalone service's own listener; in other applications by whatever guards they have.
    OAuthErrorResponse(
      'The request comes from a foreign web page, or calls the listener by a foreign Host.',
      OAuthError.accessDenied('Requests from web pages of another Origin are refused.'),
    ),
    OAuthErrorResponse('The registry could not answer.', OAuthError.unexpected()),
  );
}

/** Documents the answer to one kind of errors, with the bodies that it really has. */
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
  return ApiResponse({ status: error.getStatus(), description, type: OAuthErrorView, ...bodies });
}
