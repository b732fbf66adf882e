import { ApiBody, ApiOkResponse } from '@nestjs/swagger';
import { SuspensionInput } from '../metadata/suspension.dto.js';
import { TombstoneView } from '../tombstones/tombstone.dto.js';
import { TOMBSTONES_PARAMETERS } from '../tombstones/tombstones.query.js';
import { afterBody, CLIENT, LINK_HEADER, SUSPENDED_CLIENT } from './answers.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { CONFLICTS, FAULTS } from './errors.js';
import { SUSPENSION_EXAMPLES } from './examples.js';
import { ChangesClient, Operation, QueryParameters, ReadsClient, TakesBody } from './parts.js';

/** Documents `PUT /admin/clients/{id}/suspension`. */
export function SuspendsClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'suspendOAuth2Client',
      summary: 'Suspend a client',
      description:
        'From now on the client does not authenticate, and whoever tries learns no more than that a secret is wrong. Its secrets stay, and it can be changed as before. A client that is suspended already gets the other reason, or stays as it is.',
    },
    ApiBody({ type: SuspensionInput, required: false, examples: SUSPENSION_EXAMPLES }),
    ChangesClient(FAULTS.suspend),
    TakesBody(),
    ApiOkResponse(afterBody(SUSPENDED_CLIENT)),
  );
}

/** Documents `DELETE /admin/clients/{id}/suspension`. */
export function ResumesClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'resumeOAuth2Client',
      summary: 'Resume a suspended client',
      description: 'The client authenticates again. One that is not suspended stays as it is.',
    },
    ChangesClient(FAULTS.resume),
    ApiOkResponse(CLIENT),
  );
}

/** Documents `POST /admin/clients/{id}/restore`. */
export function RestoresClient(): MethodDecorator {
  return Operation(
    {
      operationId: 'restoreOAuth2Client',
      summary: 'Restore a removed client',
      description:
        'Brings back the client that was removed last under this client_id, with its secrets, in a new version. That is possible for as long as the registry keeps removed clients, 30 days unless it is set otherwise.',
    },
    ReadsClient(),
    ApiOkResponse(CLIENT),
    OAuthErrorResponse('The client_id is taken.', CONFLICTS.restore),
  );
}

/** Documents `GET /admin/tombstones`. */
export function ListsTombstones(): MethodDecorator {
  return Operation(
    {
      operationId: 'listOAuth2ClientTombstones',
      summary: 'List the removed clients that can be restored',
      description:
        'Returns the removed clients that match every filter, page by page, the last removed first. A client_id that another client has got since, and the earlier lives of one, are left out. So a page can be shorter than asked, even empty, and have a next one: only the last page has no `next`.',
    },
    QueryParameters(TOMBSTONES_PARAMETERS),
    ApiOkResponse({ description: 'One page of removed clients.', type: [TombstoneView], headers: LINK_HEADER }),
    OAuthErrorResponse('A parameter is unknown or invalid: the message names it.', ...FAULTS.tombstones),
  );
}
