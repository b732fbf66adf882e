import { faultAt, OAuthError, type Fault } from '../../oauth-error/oauth-error.js';

const MEMBER = 'software_statement';

/**
 * 400 `invalid_software_statement` (RFC 7591 §3.2.2).
 *
 * @param text what is wrong with it, as the end of a sentence
 */
export function invalidStatement(text: string): OAuthError {
  const fault = faultAt([MEMBER], text);
  return new OAuthError(400, 'invalid_software_statement', fault.detail, { errors: [fault] });
}

/** 400 `invalid_software_statement`, for claims that are not valid metadata. */
export function invalidClaims(faults: readonly Fault[]): OAuthError {
  const [fault] = faults;
  const description = `${MEMBER} has a wrong claim: ${fault?.detail ?? 'it is not a JSON object.'}`;
  return new OAuthError(400, 'invalid_software_statement', description, { errors: [...faults] });
}

/** 400 `unapproved_software_statement` (RFC 7591 §3.2.2): its issuer does not vouch for software here. */
export function unapprovedStatement(): OAuthError {
  const fault = faultAt(
    [MEMBER],
    'must be of an issuer that vouches for software here: ask the operator, or leave it out',
  );
  return new OAuthError(400, 'unapproved_software_statement', fault.detail, { errors: [fault] });
}
