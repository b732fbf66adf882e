import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiParam, ApiQuery } from '@nestjs/swagger';
import { MAX_VERSION } from '../../fields/value-fields.js';
import { ChangeView } from '../../journal/reading/change.dto.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { CHANGES_PARAMETERS } from '../../journal/reading/changes.query.js';
import { AS_OF_MAX_LENGTH } from '../history/as-of.js';
import { ChangeDetailView } from '../history/client-change.js';
import { unknownState, unknownVersion } from '../history/history-errors.js';
import { HISTORY_PARAMETERS } from '../history/history-page.js';
import { RevertInput } from '../history/revert.dto.js';
import { afterBody, CLIENT, LINK_HEADER } from './answers.js';
import { FAULTS } from './errors.js';
import { REVERT_EXAMPLES } from './examples.js';
import { ChangesClient, Operation, QueryParameters, ReadsClient, TakesBody } from './parts.js';

/** Documents the query parameter `as_of` of `GET /admin/clients/{id}`. */
export function TakesAsOf(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'as_of',
      description:
        'Shows the client as it was at this time (RFC 3339), or in this version. Default: as it is now.\n\nA version is one of the current life of the client_id. A time before a removal needs the scope `journal:read`. The ETag of an earlier state matches no `If-Match`.',
      required: false,
      schema: { type: 'string', maxLength: AS_OF_MAX_LENGTH },
    }),
    ReadsClient([unknownState()], FAULTS.get),
  );
}

/** Documents `GET /admin/clients/{id}/history`. */
export function ListsHistory(): MethodDecorator {
  return Operation(
    {
      operationId: 'listOAuth2ClientHistory',
      summary: 'List the changes of a client',
      description:
        'Returns the changes of a client page by page, the newest first. With the scope `journal:read` they include those of earlier lives of the client_id, which have another `tag`.',
    },
    ReadsClient([], FAULTS.history),
    QueryParameters(HISTORY_PARAMETERS),
    ApiOkResponse({ description: 'One page of changes.', type: [ChangeView], headers: LINK_HEADER }),
  );
}

/** Documents `GET /admin/clients/{id}/changes/{version}`. */
export function GetsChange(): MethodDecorator {
  return Operation(
    {
      operationId: 'getOAuth2ClientChange',
      summary: 'Get one change of a client',
      description:
        'Returns the change that made a version, with the client after it and a JSON Patch from the version before.',
    },
    ApiParam({
      name: 'version',
      description: 'The version that the change made.',
      schema: { type: 'integer', minimum: 1, maximum: MAX_VERSION, example: 1 },
    }),
    ApiQuery({
      name: 'tag',
      description:
        'The life of the client_id, from its history. Default: the current one; another needs `journal:read`.',
      required: false,
      schema: { type: 'string' },
    }),
    ReadsClient([unknownVersion()]),
    ApiOkResponse({ description: 'The change.', type: ChangeDetailView }),
  );
}

/** Documents `POST /admin/clients/{id}/revert`. */
export function RevertsClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'revertOAuth2Client',
      summary: 'Bring an earlier version of a client back',
      description:
        'Replaces all members of the client by those of an earlier version, in a new version. The rules are those of today, and the secrets stay as they are.',
    },
    ApiBody({ type: RevertInput, examples: REVERT_EXAMPLES }),
    ChangesClient(FAULTS.revert, unknownVersion()),
    TakesBody(),
    ApiOkResponse(afterBody(CLIENT)),
  );
}

/** Documents `GET /admin/changes`. */
export function ListsChanges(): MethodDecorator {
  return Operation(
    {
      operationId: 'listOAuth2ClientChanges',
      summary: 'List the changes of all clients',
      description:
        'Returns the sealed changes that match every filter, page by page, in the order of the journal; what is committed is sealed first. A page can be shorter than asked, even empty, and have a next one: only the last page has no `next`.',
    },
    QueryParameters(CHANGES_PARAMETERS),
    ApiOkResponse({ description: 'One page of changes.', type: [ChangeView], headers: LINK_HEADER }),
    OAuthErrorResponse('A parameter is unknown or invalid: the message names it.', ...FAULTS.changes),
  );
}
