import type { RegistrationPolicies } from '../policy/registration-policies.js';
import type { RegistrationPolicy } from '../policy/registration-policy.js';
import type { RegistrationPoliciesView, RegistrationPolicyView } from './registration-policy.dto.js';

/** The policies as clients see them: what is not theirs to know, such as the number of clients and the values that are forced, is not there. */
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
