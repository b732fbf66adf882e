import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import type { OAuthError } from '../../oauth-error/oauth-error.js';
import { untagged } from '../policy/policy-members.js';

/** Members of a body. */
export type Members = Record<string, unknown>;

/** A statement as it was read. */
interface ReadStatement {
  statement: string;
  /** The metadata members among its claims. */
  claims: Members;
  /** Why it is refused; `undefined` when it is verified. */
  refusal: OAuthError | undefined;
}

/** A body, with its software statement if it has one. */
export class PresentedStatement {
  constructor(
    private readonly body: Members,
    private readonly read?: ReadStatement,
  ) {}

  /**
   * Returns the members of the body, replaced by the claims of the statement (RFC 7591 §2.3). A claim, with or without a language tag, replaces the
   * body's member in every language.
   *
   * @param before the client as it is stored: a statement that it already has was verified when it came, and may have expired since. Default a new
   * client
   * @throws OAuthError 400 when the statement is rejected, 503 when its issuer's keys cannot be fetched now
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
