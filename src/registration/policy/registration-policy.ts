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
  /** Name by which clients and initial access tokens refer to it. */
  readonly name: string;
  /** Most clients that exist under it at one time; `undefined`: any number. */
  readonly maxClients?: number;
  /** How old a never-used client must be to make room for a new one, in milliseconds, at least an hour; `undefined`: no client makes room. */
  readonly makeRoomAfter?: number;
  /** How long its clients may be unused before they are removed, in milliseconds, at least a day; `undefined`: they stay. */
  readonly removeUnusedAfter?: number;
  /** Whether its clients get a registration access token, by which they read, change and remove themselves (RFC 7592). */
  readonly givesRegistrationToken: boolean;
  /**
   * How long a public client answers registrations that are the same as its own, in milliseconds; `undefined`: each registration creates a client.
   * It is only possible with `givesRegistrationToken: false`.
   */
  readonly reuseWithin?: number;
  /** How registrations with grants that no standard defines are answered. */
  readonly grantRules: GrantRules;
  /** Issuers that may vouch for software (RFC 7591 §2.3); empty: every software statement is rejected. */
  readonly statementIssuers: readonly StatementIssuer[];
  /** What it lets clients choose. */
  readonly offer: PolicyOffer;

  /**
   * Judges the client that would result.
   *
   * @param change what was sent, and what it makes of the client
   * @returns the client to store, with the values that the policy gives, and its replacements for refused values
   * @throws OAuthError 400 with a fault for every member that is refused
   */
  judge(change: PolicedChange): ClientMetadata;
}
