import { ApiBody, ApiConsumes, ApiExtraModels, ApiHeader, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { AuthenticatedClientView, TokenRequestView } from '../../authentication/authentication.dto.js';
import { ClientKeySetView } from '../../authentication/keys/client-key-set.dto.js';
import { repeatedParameter, severalMethods, wrongMember } from '../../authentication/authentication-errors.js';
import { CLIENT_AUTHORIZATION, CLIENT_SOURCE, FORM } from '../../authentication/received-token-request.js';
import { refusalOf } from '../../fields/example-errors.js';
import { jsonBody } from '../../json/json-body.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { AUTHENTICATION_EXAMPLES } from './examples.js';
import { Operation, ReadsClient } from './parts.js';

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
    ApiHeader({
      name: CLIENT_SOURCE,
      required: false,
      description: 'With a form: the IP address of the client, as `source` in JSON.',
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
    ApiOkResponse({ description: 'The client is who it says.', type: AuthenticatedClientView }),
  );
}

/** Documents `GET /admin/clients/{id}/key-set`. */
export function GetsKeySet(): MethodDecorator {
  return Operation(
    {
      operationId: 'getOAuth2ClientKeySet',
      summary: 'Get what is known of the keys of a client',
      description:
        'Returns where the keys come from with which the client proves who it is, and which they are. Keys at a `jwks_uri` are those that this process has fetched, and why it could not fetch them: each process fetches them for itself, and only when they are needed. This request fetches nothing.',
    },
    ReadsClient(),
    ApiOkResponse({ description: 'What is known of the keys.', type: ClientKeySetView }),
  );
}
