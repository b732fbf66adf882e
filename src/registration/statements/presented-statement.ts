import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import type { OAuthError } from '../../oauth-error/oauth-error.js';
import { untagged } from '../policy/policy-members.js';

/** Members of a body. */
export type Members = Record<string, unknown>;

/** A statement as it was read. */
interface ReadStatement {
  statement: string;
  /** The members that it says. */
  claims: Members;
  /** Why it is refused; `undefined` when it is verified. */
  refusal: OAuthError | undefined;
}

/** A body, with the software statement that it may have. */
export class PresentedStatement {
  constructor(
    private readonly body: Members,
    private readonly read?: ReadStatement,
  ) {}

  /**
   * The members of the body, of which the statement says those that are among its claims (RFC 7591 §2.3), whatever the body says. What
   * the claims say without a language tag, the body cannot say otherwise in a language.
   *
   * @param before the client as it is stored: the statement that it has already was verified when it came, and may have ended since.
   * Default a new client
   * @throws OAuthError 400 when the statement is refused, 503 when its issuer's keys cannot be had now
   */
  membersFor(before?: Pick<ClientMetadata, 'software_statement'>): Members {
    if (!this.read) return this.body;
    const { statement, claims, refusal } = this.read;
    if (refusal && before?.software_statement !== statement) throw refusal;
    const said = new Set(Object.keys(claims).map(untagged));
    const left = Object.entries(this.body).filter(([name]) => !said.has(untagged(name)));
    return { ...Object.fromEntries(left), ...claims };
  }
}
