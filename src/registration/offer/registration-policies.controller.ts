import { Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { OAuthApi } from '../../oauth-error/oauth-api.decorator.js';
import { RegistrationPolicies } from '../policy/registration-policies.js';
import { offeredPolicies } from './offered-policies.js';
import { ListsRegistrationPolicies } from './registration-policies.docs.js';
import type { RegistrationPoliciesView } from './registration-policy.dto.js';

/** Path of the policies, without the host's prefix: below that of registration it could be the id of a client. */
export const REGISTRATION_POLICIES = '/oauth2/registration-policies';

/** The route of what clients may register; a module gives it its path. */
@ApiTags('registration')
@OAuthApi()
export class RegistrationPoliciesController {
  constructor(private readonly policies: RegistrationPolicies) {}

  @Get()
  @ListsRegistrationPolicies()
  list(): RegistrationPoliciesView {
    return offeredPolicies(this.policies);
  }
}
