import { ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { FAULTS } from '../../openapi/errors.js';
import { ChangesClient, Operation } from '../../openapi/parts.js';
import { RegistrationTokenView } from './registration-token.dto.js';

/** Documents `POST /admin/clients/{id}/registration-token`. */
export function ReplacesRegistrationToken(): MethodDecorator {
  return Operation(
    {
      operationId: 'replaceOAuth2ClientRegistrationToken',
      summary: 'Replace the registration access token of a client',
      description:
        'For one that was lost, or that has leaked: the response shows the new one, this once, and the old one ends. With it the client manages itself (RFC 7592). Its holder can get a secret of the client: so this needs the scope `secrets:write`, too.',
    },
    ChangesClient(FAULTS.remove),
    ApiOkResponse({ description: 'The new registration access token.', type: RegistrationTokenView }),
  );
}

/** Documents `DELETE /admin/clients/{id}/registration-token`. */
export function EndsRegistrationToken(): MethodDecorator {
  return Operation(
    {
      operationId: 'endOAuth2ClientRegistrationToken',
      summary: 'End the registration access token of a client',
      description: 'From now on the client cannot manage itself. One that has no such token stays as it is.',
    },
    ChangesClient(FAULTS.remove),
    ApiNoContentResponse({ description: 'The registration access token has ended.' }),
  );
}
