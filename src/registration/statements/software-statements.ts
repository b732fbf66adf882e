import { Logger } from '@nestjs/common';
import { isSignedByOne } from '../../authentication/assertion/verification-keys.js';
import { ClientKeySets } from '../../authentication/keys/client-key-sets.js';
import { ClientInput } from '../../clients/metadata/client.dto.js';
import { membersOf, readMembers } from '../../fields/read-input.js';
import { claimsOf, headOf } from '../../jwt/token-parts.js';
import { excerpt, OAuthError } from '../../oauth-error/oauth-error.js';
import { memberNamesOf } from '../policy/policy-members.js';
import type { StatementIssuer } from '../policy/statement-issuer.js';
import { PresentedStatement, type Members } from './presented-statement.js';
import { invalidClaims, invalidStatement, unapprovedStatement } from './statement-errors.js';
import { faultOfClaims, faultOfHead } from './statement-rules.js';

/** Longest statement that is parsed, in characters: 16 KiB. */
const MAX_LENGTH = 16_384;

/** Reads the software statements of clients that register themselves (RFC 7591 §2.3): signed claims of a trusted issuer. */
export class SoftwareStatements {
  private readonly logger = new Logger('SoftwareStatements');

  constructor(private readonly keySets: ClientKeySets) {}

  /**
   * Reads and verifies the statement of a body, if it has one.
   *
   * @param members of the body
   * @param issuers the trusted issuers
   * @returns the members with the claims; if the statement is rejected, {@link PresentedStatement.membersFor} throws
   */
  async read(members: Members, issuers: readonly StatementIssuer[]): Promise<PresentedStatement> {
    const { software_statement: statement } = members;
    // A statement of another type is a fault that its field reports.
    if (typeof statement !== 'string' || statement === '') return new PresentedStatement(members);
    const refusal = await this.refusalOf(statement, issuers);
    const { claims, fault } = await readClaims(statement);
    return new PresentedStatement(members, { statement, claims, refusal: refusal ?? fault });
  }

  /** Returns why a statement is rejected; `undefined` when it is verified. */
  private async refusalOf(statement: string, issuers: readonly StatementIssuer[]): Promise<OAuthError | undefined> {
    const head = headOf(statement, MAX_LENGTH);
    const claims = head && claimsOf(statement);
    if (!head || !claims) return notAToken();
    const headFault = faultOfHead(head);
    if (headFault !== undefined) return invalidStatement(headFault);
    const { iss } = claims;
    if (typeof iss !== 'string') return invalidStatement('must name its issuer (iss)');
    const issuer = issuers.find((known) => known.issuer === iss);
    if (!issuer) {
      this.logger.debug(`A software statement of ${JSON.stringify(excerpt(iss))} was refused: nobody trusts it.`);
      return unapprovedStatement();
    }
    const { jwks = {}, jwksUri: jwks_uri = '', audience = [] } = issuer;
    if (!(await this.keySets.fit({ jwks, jwks_uri }, (keys) => isSignedByOne(statement, head, keys))))
      return this.isUnknown(jwks_uri)
        ? OAuthError.unavailable()
        : invalidStatement('must be signed with a key of its issuer');
    const fault = faultOfClaims(claims, audience);
    return fault === undefined ? undefined : invalidStatement(fault);
  }

  /** Whether the keys at a URL cannot be fetched now. */
  private isUnknown(url: string): boolean {
    return url !== '' && this.keySets.known(url)?.known === undefined;
  }
}

function notAToken(): OAuthError {
  return invalidStatement('must be a JSON Web Token in its compact form, with a JSON object as claims');
}

/**
 * Returns the claims that are members of a client, as a body has them. Claims of `null` are ignored.
 *
 * @returns no claims, and the fault, when a claim is not valid as such a member
 */
async function readClaims(statement: string): Promise<{ claims: Members; fault?: OAuthError }> {
  const [, payload = ''] = statement.split('.', 2);
  try {
    const all = membersOf(ClientInput, Buffer.from(payload, 'base64url'));
    const names = memberNamesOf(all).filter((name) => name !== 'software_statement' && all[name] !== null);
    const claims = Object.fromEntries(names.map((name) => [name, all[name]]));
    await readMembers(ClientInput, claims);
    return { claims };
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return { claims: {}, fault: error.code === 'invalid_request' ? notAToken() : invalidClaims(error.faults) };
  }
}
