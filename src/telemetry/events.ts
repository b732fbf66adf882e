import { channel, type Channel } from 'node:diagnostics_channel';

/** A check of a presented secret. */
export interface SecretChecked {
  /** What it cost: a `digest` of a generated secret, a look into the `memory` of right ones, or a slow `hash`. */
  by: 'digest' | 'memory' | 'hash';
  /** What came of it; `busy` when too many waited, and `failed` when the hasher did. */
  outcome: 'right' | 'wrong' | 'limited' | 'busy' | 'failed';
}

/** A client that authenticated, or did not. */
export interface ClientAuthenticated {
  /** What it presented: a secret by one of two methods, an assertion, a certificate, or its id alone. */
  method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'certificate' | 'none';
  /** What came of it; `limited` after too many wrong secrets, and `failed` when it could not be decided. */
  outcome: 'accepted' | 'refused' | 'limited' | 'failed';
}

/** A request that was refused for who sent it. */
export interface AccessRefused {
  /** Why: nobody knows who sent it, they may not do this, or too many credentials of the same source were not valid. */
  outcome: 'unauthenticated' | 'forbidden' | 'limited';
}

/** An attempt to send a change to a webhook. */
export interface DeliveryAttempted {
  /** What came of it; `refused` by an answer that is not 2xx, `unreachable` without one. */
  outcome: 'delivered' | 'refused' | 'unreachable';
}

/** A client that was to be created. */
export interface ClientRegistered {
  /**
   * Who may create clients: `admin`, whoever may write them; otherwise the name of the policy under which clients register themselves, `''` where
   * none was found since the initial access token could not be used.
   */
  policy: string;
  /**
   * What came of it; `reused` where a client that exists was the answer, `unauthenticated` without a token that can be used, `forbidden` at the quota of the policy or for another owner, `limited`
   * when too many were registered within the hour, `refused` for what it said, and `failed` when it could not be decided.
   */
  outcome: 'created' | 'reused' | 'unauthenticated' | 'forbidden' | 'limited' | 'refused' | 'failed';
}

/** A statement that the database has answered. */
export interface StatementRan {
  /** What it does, as the names of prepared statements have it: one of few. */
  statement: string;
  /** From when it was asked for, so with what it waited for a connection or for its turn, in seconds. */
  seconds: number;
}

/** What happens in this process, for whoever listens, by Node's `diagnostics_channel`: next to nothing is paid when nobody does. */
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

/** What each channel says. */
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

/** Does anybody listen? For what costs something to say. */
export function isHeard(name: keyof Events): boolean {
  return channels[name].hasSubscribers;
}

/** Tells whoever listens. */
export function tell<Name extends keyof Events>(name: Name, event: Events[Name]): void {
  const { [name]: one } = channels;
  if (one.hasSubscribers) one.publish(event);
}
