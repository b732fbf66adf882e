import { ApiBody, ApiConsumes, ApiExtraModels, ApiHeader, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { AuthenticatedClientView, TokenRequestView } from '../../authentication/authentication.dto.js';
import {
  repeatedParameter,
  severalMethods,
  tooManyGuesses,
  wrongMember,
} from '../../authentication/authentication-errors.js';
import { CLIENT_AUTHORIZATION, FORM } from '../../authentication/received-token-request.js';
import { refusalOf } from '../../fields/example-errors.js';
import { jsonBody } from '../../json/json-body.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { AUTHENTICATION_EXAMPLES } from './examples.js';
import { Operation } from './parts.js';

/** Documents `POST /admin/clients/authenticate`. */
export function AuthenticatesClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'authenticateOAuth2Client',
      summary: 'Authenticate a client',
      description:
        "For authorization servers: decides whether a client is who it says, by what it sent to the token endpoint. The client's request is a JSON object, or the client's form itself with its `Authorization` as `Client-Authorization`: the header `Authorization` is always the caller's own, unless everybody is let in. A client is refused in the same words whatever the reason.",
    },
    ApiExtraModels(TokenRequestView),
    ApiConsumes('application/json', FORM),
    ApiHeader({
      name: CLIENT_AUTHORIZATION,
      required: false,
      description: "With a form: the header `Authorization` of the client's request.",
    }),
    ApiBody({ schema: { $ref: getSchemaPath(TokenRequestView) }, examples: AUTHENTICATION_EXAMPLES }),
    OAuthErrorResponse(
      'The request is malformed, or the client authenticates in more than one way.',
      severalMethods(),
      repeatedParameter('client_id'),
      wrongMember('authorization', 'must be a string'),
      refusalOf(() => jsonBody('{"form"')),
    ),
    OAuthErrorResponse('The body is larger than 1 MiB.', OAuthError.tooLarge()),
    OAuthErrorResponse('Too many wrong secrets came from `source`.', tooManyGuesses(60)),
    ApiOkResponse({ description: 'The client is who it says.', type: AuthenticatedClientView }),
  );
}
