import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { afterBody } from '../../clients/openapi/answers.js';
import { BAD_PATH } from '../../clients/openapi/errors.js';
import { Operation, TakesBody } from '../../clients/openapi/parts.js';
import { badMembers, refusalOf } from '../../fields/example-errors.js';
import { jsonBody } from '../../json/json-body.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { tooManyTokens, unknownToken } from './initial-access-token-errors.js';
import {
  InitialAccessTokenInput,
  InitialAccessTokenView,
  MadeInitialAccessTokenView,
  SAMPLE_TOKEN_ID,
} from './initial-access-token.dto.js';

const EXAMPLES = {
  partner: {
    summary: 'A partner that registers one client, for a team',
    value: { label: 'partner-orders', owner: 'team-orders', expires_at: 4102444800 },
  },
};

/** Documents a path that names a token. */
function NamesToken(): MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'id',
      description: 'The id of the token, from the list.',
      schema: { type: 'string', format: 'uuid', example: SAMPLE_TOKEN_ID },
    }),
    OAuthErrorResponse('The path names something that does not exist.', unknownToken()),
    OAuthErrorResponse('The path is malformed.', BAD_PATH),
  );
}

/** Documents `POST /admin/registration-tokens`. */
export function MakesToken(): MethodDecorator {
  return Operation(
    {
      operationId: 'createInitialAccessToken',
      summary: 'Make an initial access token',
      description:
        'Whoever has it can register clients (RFC 7591 §3), as many as `max_uses` says, and each under its policy. The response shows the token, this once.',
    },
    ApiBody({ type: InitialAccessTokenInput, examples: EXAMPLES }),
    TakesBody(),
    OAuthErrorResponse(
      'The request is malformed, or members of the body are invalid: `errors` lists each fault.',
      badMembers(InitialAccessTokenInput, { policy: 'no such policy' }),
      refusalOf(() => jsonBody('{"label"')),
    ),
    OAuthErrorResponse('The registry has too many tokens.', tooManyTokens()),
    ApiCreatedResponse(afterBody({ description: 'The token, in clear.', type: MadeInitialAccessTokenView })),
  );
}

/** Documents `GET /admin/registration-tokens`. */
export function ListsTokens(): MethodDecorator {
  return Operation(
    {
      operationId: 'listInitialAccessTokens',
      summary: 'List the initial access tokens',
      description:
        'Returns what is known of each token, but not the token itself. The oldest comes first; tokens that have ended or are used up are there until newer ones need their place.',
    },
    ApiOkResponse({ description: 'The tokens.', type: [InitialAccessTokenView] }),
  );
}

/** Documents `GET /admin/registration-tokens/{id}`. */
export function GetsToken(): MethodDecorator {
  return Operation(
    {
      operationId: 'getInitialAccessToken',
      summary: 'Read an initial access token',
      description: 'Returns what is known of the token, but not the token itself.',
    },
    NamesToken(),
    ApiOkResponse({ description: 'The token.', type: InitialAccessTokenView }),
  );
}

/** Documents `DELETE /admin/registration-tokens/{id}`. */
export function RevokesToken(): MethodDecorator {
  return Operation(
    {
      operationId: 'revokeInitialAccessToken',
      summary: 'Revoke an initial access token',
      description: 'No client registers with it from now on. Clients that have registered with it stay.',
    },
    NamesToken(),
    ApiNoContentResponse({ description: 'The token has been revoked.' }),
  );
}
