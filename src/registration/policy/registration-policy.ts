import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import type { GrantRules } from '../../clients/metadata/standard/grants-and-responses.js';
import type { PolicyOffer } from './policy-offer.js';
import type { StatementIssuer } from './statement-issuer.js';

/** A client that registers itself, or changes itself, before anything is written. */
export interface PolicedChange {
  /** The client as it is stored; none for a new client. */
  before?: ClientMetadata;
  /** The members that the body gives a value, as `sentMembers` finds them. */
  sent: ReadonlySet<string>;
  /** What the body makes of the client: its members, and the defaults of all others. */
  result: ClientMetadata;
}

/** Decides what a client that registers itself may be, when it is created and whenever it changes itself. */
export interface RegistrationPolicy {
  /** By which clients and initial access tokens know it. */
  readonly name: string;
  /** Most clients that it lets in; `undefined`: any number. */
  readonly maxClients?: number;
  /** How old a client that was never used must be to make room for a new one, in milliseconds, at least an hour; `undefined`: none does. */
  readonly makeRoomAfter?: number;
  /** How long its clients may be unused before they are removed, in milliseconds, at least a day; `undefined`: they stay. */
  readonly removeUnusedAfter?: number;
  /** Do its clients get a registration access token, by which they read, change and remove themselves (RFC 7592)? */
  readonly givesRegistrationToken: boolean;
  /**
   * For how long the client of a registration answers the same ones, if it is public, in milliseconds; `undefined`: each makes a client of
   * its own. It goes only with `givesRegistrationToken: false`.
   */
  readonly reuseWithin?: number;
  /** What becomes of grants that no standard knows. */
  readonly grantRules: GrantRules;
  /** Who may vouch for software (RFC 7591 §2.3); empty: every software statement is refused. */
  readonly statementIssuers: readonly StatementIssuer[];
  /** What it lets clients choose. */
  readonly offer: PolicyOffer;

  /**
   * Judges the client that would result.
   *
   * @param change what was sent, and what it makes of the client
   * @returns what is to be stored: with the values that the policy gives, and those that it puts in place of refused ones
   * @throws OAuthError 400 with a fault for every member that is refused
   */
  judge(change: PolicedChange): ClientMetadata;
}
