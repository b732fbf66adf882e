import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiParam,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { afterBody } from '../clients/openapi/answers.js';
import { FromNoForeignPage, Operation, TakesBody, TakesIfMatch } from '../clients/openapi/parts.js';
import { CLIENT_ID_MAX_LENGTH } from '../secrets/client-secret.entity.js';
import { badMembers, refusalOf } from '../fields/example-errors.js';
import { requireMatch } from '../http/preconditions.js';
import { jsonBody } from '../json/json-body.js';
import { OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { tooManyGuesses } from '../authentication/authentication-errors.js';
import { ClientConfigurationView } from './client-configuration.dto.js';
import { notChosen, otherClientId, otherSecret, registrationRefused, tokenInQuery } from './registration-errors.js';
import { quotaReached } from './limits/client-quota.js';
import { tooManyRegistrations } from './limits/creation-limits.js';
import { RegistrationInput } from './registration-input.js';
import { initialTokenRefused } from './tokens/initial-access-token-errors.js';
import { ClientView } from '../clients/metadata/client.dto.js';

/** What a client sends in examples, and what the registry answers. */
const MEMBERS = {
  client_name: 'Orders desktop',
  redirect_uris: ['https://desktop.example.com/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'client_secret_basic',
};
const ID = '0198c5a0-5b3f-4a57-9d3c-0f6c1e1f2a3b';
const CONFIGURATION = {
  client_id: ID,
  client_id_issued_at: 1769860800,
  client_secret_expires_at: 0,
  registration_access_token: 'oart_…',
  registration_client_uri: `http://127.0.0.1:4444/oauth2/register/${ID}`,
  ...MEMBERS,
  response_types: ['code'],
};

const NOT_JSON = refusalOf(() => jsonBody('{"redirect_uris"'));
const BAD_MEMBERS = badMembers(RegistrationInput, { redirect_uris: ['https://desktop.example.com/callback#top'] });
const BAD_IF_MATCH = refusalOf(() => requireMatch('1', ''));

/** Documents the body of a registration. */
function TakesRegistration(): MethodDecorator {
  return applyDecorators(
    ApiBody({ type: ClientView, examples: { desktop: { summary: 'A desktop application', value: MEMBERS } } }),
    TakesBody(),
  );
}

/** Documents an operation on the client whose registration access token is presented. */
function OfTheClient(): MethodDecorator {
  return applyDecorators(
    ApiBearerAuth('registration'),
    FromNoForeignPage(),
    ApiParam({
      name: 'id',
      description: 'The client_id.',
      schema: { type: 'string', maxLength: CLIENT_ID_MAX_LENGTH, example: ID },
    }),
    OAuthErrorResponse(
      'There is no such client, or the registration access token is not its own; the answer does not tell which.',
      registrationRefused(),
    ),
  );
}

function shown(description: string, example: object): ApiResponseOptions {
  return { description, type: ClientConfigurationView, example };
}

/** Documents `POST /oauth2/register`. */
export function RegistersClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'createOidcDynamicClient',
      summary: 'Register a client',
      description:
        'Registers a client by what it says of itself (RFC 7591), with an initial access token or, where that may be left out, without one. The registry chooses its id and its secret. The response shows the secret this once, and the registration access token with which the client manages what is registered.',
    },
    TakesRegistration(),
    OAuthErrorResponse(
      'The initial access token is missing where one is required, or cannot be used.',
      initialTokenRefused(),
    ),
    OAuthErrorResponse(
      'A web page of an origin that is not allowed sent the request, or there are as many clients under the policy as it allows.',
      OAuthError.foreignPage(),
      quotaReached(),
    ),
    ApiCreatedResponse(afterBody(shown('The client, with its secret.', { ...CONFIGURATION, client_secret: 'oacs_…' }))),
    OAuthErrorResponse(
      'The body is not a JSON object, or members of it are invalid or not for the client to choose: `errors` lists each fault.',
      BAD_MEMBERS,
      OAuthError.invalidMetadata([notChosen('client_secret')]),
      NOT_JSON,
      tokenInQuery(),
    ),
    OAuthErrorResponse(
      'Too many clients were registered within an hour: from one source, under one policy or in all.',
      tooManyRegistrations('from this source', 1800),
    ),
  );
}

/** Documents `GET /oauth2/register/{id}`. */
export function ReadsRegistration(): MethodDecorator {
  return Operation(
    {
      operationId: 'getOidcDynamicClient',
      summary: 'Read what is registered of a client',
      description: 'Returns the client to itself (RFC 7592), without its secret.',
    },
    OfTheClient(),
    ApiOkResponse(shown('The client.', CONFIGURATION)),
    OAuthErrorResponse('A token is in the query, too.', tokenInQuery()),
  );
}

/** Documents `PUT /oauth2/register/{id}`. */
export function ReplacesRegistration(): MethodDecorator {
  return Operation(
    {
      operationId: 'setOidcDynamicClient',
      summary: 'Replace what is registered of a client',
      description:
        'Members that the body leaves out go back to their defaults, but for those that only an administrator sets: they stay. The response has a new registration access token; the one that was sent ends.',
    },
    TakesRegistration(),
    OfTheClient(),
    ApiOkResponse(afterBody(shown('The client, with its new registration access token.', CONFIGURATION))),
    OAuthErrorResponse(
      'The request is malformed, or members of the body are invalid or not for the client to choose: `errors` lists each fault.',
      BAD_MEMBERS,
      OAuthError.invalidMetadata([otherClientId()]),
      OAuthError.invalidMetadata([otherSecret()]),
      NOT_JSON,
      tokenInQuery(),
      BAD_IF_MATCH,
    ),
    TakesIfMatch(),
    OAuthErrorResponse('Too many wrong secrets were sent.', tooManyGuesses(60)),
  );
}

/** Documents `DELETE /oauth2/register/{id}`. */
export function RemovesRegistration(): MethodDecorator {
  return Operation(
    {
      operationId: 'deleteOidcDynamicClient',
      summary: 'Remove a client',
      description: 'Removes the client with its secrets and its registration access token (RFC 7592).',
    },
    OfTheClient(),
    ApiNoContentResponse({ description: 'The client has been removed.' }),
    OAuthErrorResponse('`If-Match` is malformed, or a token is in the query, too.', BAD_IF_MATCH, tokenInQuery()),
    TakesIfMatch(),
  );
}
