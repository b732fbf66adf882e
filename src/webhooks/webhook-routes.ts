import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { afterBody } from '../clients/openapi/answers.js';
import { BAD_PATH } from '../clients/openapi/errors.js';
import { Operation, QueryParameters, TakesBody } from '../clients/openapi/parts.js';
import { badMembers, refusalOf } from '../fields/example-errors.js';
import { jsonBody } from '../json/json-body.js';
import { OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import type { OAuthError } from '../oauth-error/oauth-error.js';
import { DELIVERIES_PARAMETERS, readDeliveriesQuery } from './deliveries-query.js';
import { aheadOfCursor, keyMissing, unknownWebhook } from './webhook-errors.js';
import { DeliveryView, ReplayInput, SigningWebhookView, WebhookInput, WebhookView } from './webhook.dto.js';

const NOT_JSON = refusalOf(() => jsonBody('{"url"'));
const BAD_MEMBERS = badMembers(WebhookInput, { url: 'http://receiver.example.com/', kinds: ['client.renamed'] });
const BAD_QUERY = refusalOf(() => readDeliveriesQuery(new URLSearchParams({ after: 'yesterday' })));

/** The body of a webhook in examples. */
const EXAMPLES = {
  all: {
    summary: 'All changes of all clients',
    value: { url: 'https://receiver.example.com/hooks/clients' },
  },
  some: {
    summary: 'Removed clients of one owner',
    value: {
      url: 'https://receiver.example.com/hooks/clients',
      kinds: ['client.deleted'],
      owner: 'team-orders',
    },
  },
};

/** Documents that the path of an operation names a webhook. */
function NamesWebhook(): MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'id',
      description: 'The id of the webhook.',
      schema: { type: 'string', example: '7d0c5c5e-5b3f-4a57-9d3c-0f6c1e1f2a3b' },
    }),
    OAuthErrorResponse('There is no such webhook.', unknownWebhook()),
  );
}

/** Documents the errors for a malformed request. */
function Refuses(...[error, ...others]: [OAuthError, ...OAuthError[]]): MethodDecorator {
  return OAuthErrorResponse(
    'The request is malformed, or members of the body are invalid: `errors` lists each fault.',
    error,
    ...others,
  );
}

/** Documents `POST /admin/webhooks`. */
export function CreatesWebhook(): MethodDecorator {
  return Operation(
    {
      operationId: 'createOAuth2ClientWebhook',
      summary: 'Make a webhook',
      description:
        'From now on changes of clients, and notices that their secrets end soon, are posted to the URL, signed as Standard Webhooks has it, at least once, and changes in order for each client. The response shows the signing secret, this once.',
    },
    ApiBody({ type: WebhookInput, examples: EXAMPLES }),
    TakesBody(),
    ApiCreatedResponse(afterBody({ description: 'The webhook, with its signing secret.', type: SigningWebhookView })),
    Refuses(BAD_MEMBERS, NOT_JSON),
    OAuthErrorResponse('The service has no key for signing secrets, or too many webhooks.', keyMissing()),
  );
}

/** Documents `GET /admin/webhooks`. */
export function ListsWebhooks(): MethodDecorator {
  return Operation(
    {
      operationId: 'listOAuth2ClientWebhooks',
      summary: 'List webhooks',
      description: 'Returns all webhooks, the oldest first, without their signing secrets.',
    },
    ApiOkResponse({ description: 'The webhooks.', type: [WebhookView] }),
  );
}

/** Documents `GET /admin/webhooks/{id}`. */
export function GetsWebhook(): MethodDecorator {
  return Operation(
    {
      operationId: 'getOAuth2ClientWebhook',
      summary: 'Get a webhook',
      description: 'Returns one webhook, without its signing secret.',
    },
    NamesWebhook(),
    Refuses(BAD_PATH),
    ApiOkResponse({ description: 'The webhook.', type: WebhookView }),
  );
}

/** Documents `PUT /admin/webhooks/{id}`. */
export function ReplacesWebhook(): MethodDecorator {
  return Operation(
    {
      operationId: 'setOAuth2ClientWebhook',
      summary: 'Replace a webhook',
      description:
        'Members that the body leaves out go back to their defaults; so a webhook that was disabled goes on where it stopped. What is late is sent to the new URL, if the webhook still asks for it.',
    },
    ApiBody({ type: WebhookInput, examples: EXAMPLES }),
    TakesBody(),
    NamesWebhook(),
    Refuses(BAD_MEMBERS, NOT_JSON),
    ApiOkResponse(afterBody({ description: 'The webhook.', type: WebhookView })),
  );
}

/** Documents `DELETE /admin/webhooks/{id}`. */
export function RemovesWebhook(): MethodDecorator {
  return Operation(
    {
      operationId: 'deleteOAuth2ClientWebhook',
      summary: 'Remove a webhook',
      description: 'Nothing is sent any longer, what is late included.',
    },
    NamesWebhook(),
    Refuses(BAD_PATH),
    ApiNoContentResponse({ description: 'The webhook has been removed.' }),
  );
}

/** Documents `GET /admin/webhooks/{id}/deliveries`. */
export function ListsDeliveries(): MethodDecorator {
  return Operation(
    {
      operationId: 'listOAuth2ClientWebhookDeliveries',
      summary: 'List the late deliveries of a webhook',
      description:
        'Returns notices and then changes, in the order of the journal, that the receiver has not taken: those that are tried again, those that wait behind them, and those that were given up after two days.',
    },
    NamesWebhook(),
    QueryParameters(DELIVERIES_PARAMETERS),
    Refuses(BAD_QUERY),
    ApiOkResponse({ description: 'The deliveries.', type: [DeliveryView] }),
  );
}

/** Documents `POST /admin/webhooks/{id}/replay`. */
export function ReplaysWebhook(): MethodDecorator {
  return Operation(
    {
      operationId: 'replayOAuth2ClientWebhook',
      summary: 'Send changes again',
      description:
        'Sends all changes from a position of the journal on, whether the receiver has them already or not. Deliveries that are late from there on begin anew. Notices are not sent again.',
    },
    ApiBody({ type: ReplayInput }),
    TakesBody(),
    NamesWebhook(),
    Refuses(badMembers(ReplayInput, { position: 0 }), aheadOfCursor(1), NOT_JSON),
    ApiOkResponse(afterBody({ description: 'The webhook, set back.', type: WebhookView })),
  );
}

/** Documents `POST /admin/webhooks/{id}/rotate`. */
export function RotatesSigningSecret(): MethodDecorator {
  return Operation(
    {
      operationId: 'rotateOAuth2ClientWebhookSecret',
      summary: 'Rotate the signing secret of a webhook',
      description:
        'Issues a new signing secret, which the response shows this once. For a day each message has two signatures, the second under the former secret.',
    },
    NamesWebhook(),
    Refuses(BAD_PATH),
    ApiOkResponse({ description: 'The webhook, with its new signing secret.', type: SigningWebhookView }),
    OAuthErrorResponse('The service has no key for signing secrets.', keyMissing()),
  );
}
