import { channel, type Channel } from 'node:diagnostics_channel';

/** A check of a presented secret. */
export interface SecretChecked {
  /** What the check cost: a `digest` of a generated secret, a look-up in the `memory` of secrets that were right before, or a slow `hash`. */
  by: 'digest' | 'memory' | 'hash';
  /** The outcome; `limited` after too many wrong secrets, `busy` when too many checks waited, and `failed` when the hasher failed. */
  outcome: 'right' | 'wrong' | 'limited' | 'busy' | 'failed';
}

/** A client's attempt to authenticate. */
export interface ClientAuthenticated {
  /** What the client presented: a secret by one of two methods, an assertion, a certificate, or its id alone. */
  method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'certificate' | 'none';
  /** The outcome; `limited` after too many wrong secrets, and `failed` when an error prevented a decision. */
  outcome: 'accepted' | 'refused' | 'limited' | 'failed';
}

/** A request that was rejected because of its sender. */
export interface AccessRefused {
  /** The reason: the sender is unknown, lacks permission, or shares its source with too many invalid credentials. */
  outcome: 'unauthenticated' | 'forbidden' | 'limited';
}

/** An attempt to send a change to a webhook. */
export interface DeliveryAttempted {
  /** The outcome; `refused` by a response that is not 2xx, `unreachable` without a response. */
  outcome: 'delivered' | 'refused' | 'unreachable';
}

/** An attempt to create a client. */
export interface ClientRegistered {
  /**
   * What permits the creation: `admin` for a caller that may write clients; otherwise the name of the policy under which the client registers
   * itself; `''` when no policy was found because the initial access token cannot be used.
   */
  policy: string;
  /**
   * The outcome: `reused` when an existing client was returned, `unauthenticated` without a usable token, `forbidden` at the policy's quota or for
   * another owner, `limited` when too many clients were registered within the hour, `refused` because of the request's content, and `failed`
   * when an error prevented a decision.
   */
  outcome: 'created' | 'reused' | 'unauthenticated' | 'forbidden' | 'limited' | 'refused' | 'failed';
}

/** A statement that has ended, with or without success. */
export interface StatementRan {
  /** What the statement does: the label of a prepared statement, or the first word of any other; one of few. */
  statement: string;
  /** Duration in seconds, including the wait for a connection or for the statement's turn. */
  seconds: number;
}

/** A channel of Node's `diagnostics_channel` that reports events of this process; without subscribers it costs next to nothing. */
export const SECRET_CHECKS = 'oauth2-client-registry:secret-check';
/** As {@link SECRET_CHECKS}. */
export const AUTHENTICATIONS = 'oauth2-client-registry:authentication';
/** As {@link SECRET_CHECKS}. */
export const ACCESS_REFUSALS = 'oauth2-client-registry:access-refusal';
/** As {@link SECRET_CHECKS}. */
export const DELIVERIES = 'oauth2-client-registry:webhook-delivery';
/** As {@link SECRET_CHECKS}. */
export const REGISTRATIONS = 'oauth2-client-registry:registration';
/** As {@link SECRET_CHECKS}. */
export const STATEMENTS = 'oauth2-client-registry:statement';

/** The event of each channel. */
export interface Events {
  [SECRET_CHECKS]: SecretChecked;
  [AUTHENTICATIONS]: ClientAuthenticated;
  [ACCESS_REFUSALS]: AccessRefused;
  [DELIVERIES]: DeliveryAttempted;
  [REGISTRATIONS]: ClientRegistered;
  [STATEMENTS]: StatementRan;
}

const channels: Record<keyof Events, Channel> = {
  [SECRET_CHECKS]: channel(SECRET_CHECKS),
  [AUTHENTICATIONS]: channel(AUTHENTICATIONS),
  [ACCESS_REFUSALS]: channel(ACCESS_REFUSALS),
  [DELIVERIES]: channel(DELIVERIES),
  [REGISTRATIONS]: channel(REGISTRATIONS),
  [STATEMENTS]: channel(STATEMENTS),
};

/** Whether a channel has subscribers; to ask before preparing an event that costs something. */
export function isHeard(name: keyof Events): boolean {
  return channels[name].hasSubscribers;
}

/** Publishes an event to the channel's subscribers. */
export function tell<Name extends keyof Events>(name: Name, event: Events[Name]): void {
  const { [name]: one } = channels;
  if (one.hasSubscribers) one.publish(event);
}
