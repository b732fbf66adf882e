import { Get, UseFilters } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { AnswerHeaders } from '../../http/answer.js';
import { MethodNotAllowed } from '../../oauth-error/method-not-allowed.js';
import { OAuthApiFilter } from '../../oauth-error/oauth-error.filter.js';
import { RegistrationPolicies } from '../policy/registration-policies.js';
import { offeredPolicies } from './offered-policies.js';
import { ListsRegistrationPolicies } from './registration-policies.docs.js';
import type { RegistrationPoliciesView } from './registration-policy.dto.js';

/** Path of the policies, without the host's prefix: not below the registration path, where it could be the id of a client. */
export const REGISTRATION_POLICIES = '/oauth2/registration-policies';

/** The route that lists what clients may register, without the database; a module gives it its path. */
@ApiTags('registration')
@ApiProduces('application/json')
@MethodNotAllowed()
@UseFilters(OAuthApiFilter)
export class RegistrationPoliciesController {
  constructor(private readonly policies: RegistrationPolicies) {}

  @Get()
  @AnswerHeaders()
  @ListsRegistrationPolicies()
  list(): RegistrationPoliciesView {
    return offeredPolicies(this.policies);
  }
}
