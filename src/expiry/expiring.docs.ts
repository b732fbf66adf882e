import { ApiOkResponse } from '@nestjs/swagger';
import { LINK_HEADER } from '../clients/openapi/answers.js';
import { Operation, QueryParameters } from '../clients/openapi/parts.js';
import { refusalOf } from '../fields/example-errors.js';
import { OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { ExpiringView } from './expiring.dto.js';
import { EXPIRING_PARAMETERS, readExpiringQuery } from './expiring.query.js';

/** Documents `GET /admin/expiring`. */
export function ListsExpiring(): MethodDecorator {
  return Operation(
    {
      operationId: 'listOAuth2Expiring',
      summary: 'List what ends soon',
      description:
        'Returns the secrets of clients, the API keys and the initial access tokens that have not ended and do so within a time, page by page, those that end first before the others. API keys are there for callers with the scope `keys:write`, initial access tokens for those with `registration-tokens:write`.',
    },
    QueryParameters(EXPIRING_PARAMETERS),
    ApiOkResponse({ description: 'One page of what ends soon.', type: [ExpiringView], headers: LINK_HEADER }),
    OAuthErrorResponse(
      'A parameter is unknown or invalid: the message names it.',
      refusalOf(() => readExpiringQuery(new URLSearchParams({ within: '1 month' }))),
    ),
  );
}
