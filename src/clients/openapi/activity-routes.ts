import { ApiAcceptedResponse, ApiBody, ApiOkResponse } from '@nestjs/swagger';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { ActivityReport, ClientActivityView } from '../activity/activity.dto.js';
import { afterBody } from './answers.js';
import { FAULTS } from './errors.js';
import { ACTIVITY_EXAMPLES } from './examples.js';
import { Operation, ReadsClient, TakesBody } from './parts.js';

/** Documents `GET /admin/clients/{id}/activity`. */
export function GetsActivity(): MethodDecorator {
  return Operation(
    {
      operationId: 'getOAuth2ClientActivity',
      summary: 'Get when a client was last used',
      description:
        'Says when the client and each of its secrets authenticated last, by whatever method, or were reported as used: whether the client may go, and whether the secret before a rotation is still in use. A use can be shown a second late.',
    },
    ReadsClient(),
    ApiOkResponse({ description: 'The last uses.', type: ClientActivityView }),
  );
}

/** Documents `POST /admin/clients/activity`. */
export function ReportsActivity(): MethodDecorator {
  return Operation(
    {
      operationId: 'reportOAuth2ClientActivity',
      summary: 'Report uses of clients',
      description:
        'For authorization servers that let clients in without asking the registry, such as public ones. A use before the last one that is known changes nothing, and one of an unknown client or secret is ignored.',
    },
    ApiBody({ type: ActivityReport, examples: ACTIVITY_EXAMPLES }),
    TakesBody(),
    ApiAcceptedResponse(afterBody({ description: 'The uses are noted, and written soon.' })),
    OAuthErrorResponse(
      'The body is not a JSON object, or members of it are invalid: `errors` lists each fault.',
      ...FAULTS.activity,
    ),
  );
}
