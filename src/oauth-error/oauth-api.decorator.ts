import { applyDecorators, UseFilters } from '@nestjs/common';
import { ApiProduces, ApiProperty, ApiResponse, ApiSchema } from '@nestjs/swagger';
import { MethodNotAllowed } from './method-not-allowed.js';
import { OAuthApiFilter } from './oauth-error.filter.js';

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
    OAuthErrorResponse(500, 'The registry could not answer.', 'server_error'),
  );
}

/** Documents one error answer, with a real body. */
export function OAuthErrorResponse(
  status: number,
  description: string,
  error: string,
): ClassDecorator & MethodDecorator {
  return ApiResponse({ status, description, type: OAuthErrorView, example: { error, error_description: description } });
}
