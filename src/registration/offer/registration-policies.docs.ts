import { ApiOkResponse } from '@nestjs/swagger';
import { FromNoForeignPage, Operation } from '../../clients/openapi/parts.js';
import { RegistrationPoliciesView } from './registration-policy.dto.js';

/** Documents `GET /oauth2/registration-policies`. */
export function ListsRegistrationPolicies(): MethodDecorator {
  return Operation(
    {
      operationId: 'listRegistrationPolicies',
      summary: 'List what clients may register',
      description:
        'Returns the policies under which clients register themselves, with the values that they may choose from.',
    },
    FromNoForeignPage(),
    ApiOkResponse({ description: 'The policies.', type: RegistrationPoliciesView }),
  );
}
