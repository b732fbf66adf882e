import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import type { GrantRules } from '../../clients/metadata/standard/grants-and-responses.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { Judgement } from './judgement.js';
import type { ReadRules } from './read-rules.js';
import { offerOf, type PolicyOffer } from './policy-offer.js';
import type { PolicedChange, RegistrationPolicy } from './registration-policy.js';
import type { StatementIssuer } from './statement-issuer.js';

/** A policy that judges by rules. */
export class RulesPolicy implements RegistrationPolicy {
  readonly maxClients: number | undefined;
  readonly makeRoomAfter: number | undefined;
  readonly removeUnusedAfter: number | undefined;
  readonly givesRegistrationToken: boolean;
  readonly reuseWithin: number | undefined;
  readonly grantRules: GrantRules;
  readonly statementIssuers: readonly StatementIssuer[];
  readonly offer: PolicyOffer;

  constructor(
    readonly name: string,
    private readonly rules: ReadRules,
  ) {
    const { maxClients, makeRoomAfter, removeUnusedAfter, registrationToken, reuseWithin, replaced, statementIssuers } =
      rules;
    this.maxClients = maxClients;
    this.makeRoomAfter = makeRoomAfter;
    this.removeUnusedAfter = removeUnusedAfter;
    this.reuseWithin = reuseWithin;
    this.givesRegistrationToken = registrationToken;
    this.grantRules = { unknownGrants: replaced.has('grant_types') ? 'narrow' : 'refuse' };
    this.statementIssuers = statementIssuers;
    this.offer = offerOf(rules);
  }

  judge(change: PolicedChange): ClientMetadata {
    const { faults, result } = new Judgement(this.rules, change);
    const [first, ...others] = faults;
    if (first) throw OAuthError.invalidMetadata([first, ...others]);
    return result;
  }
}
