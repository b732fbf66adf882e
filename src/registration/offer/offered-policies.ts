import type { RegistrationPolicies } from '../policy/registration-policies.js';
import type { RegistrationPolicy } from '../policy/registration-policy.js';
import type { RegistrationPoliciesView, RegistrationPolicyView } from './registration-policy.dto.js';

/** Returns the policies as clients see them, without what is not for them, such as the number of clients and forced values. */
export function offeredPolicies(policies: RegistrationPolicies): RegistrationPoliciesView {
  return { policies: policies.all.map(viewOf) };
}

function viewOf({ name, offer, statementIssuers, givesRegistrationToken }: RegistrationPolicy): RegistrationPolicyView {
  const issuers = statementIssuers.map(({ issuer }) => issuer);
  return {
    name,
    values: Object.fromEntries(offer.values),
    required: offer.required,
    closed: offer.closed,
    ...(issuers.length > 0 && { software_statement_issuers: issuers }),
    registration_access_token: givesRegistrationToken,
  };
}
