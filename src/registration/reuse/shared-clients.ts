import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { BodyOptions } from '../../access/call-options.js';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import type { CurrentClient } from '../../clients/store/client.statements.js';
import { ChangeQueue } from '../../clients/store/change-queue.js';
import { openTransactionOf, PreparedDatabase } from '../../database/sql/prepared-database.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { RegistrationPolicy } from '../policy/registration-policy.js';
import { registrationDigest } from './registration-digest.js';
import { SharedClientStatements } from './shared-client.statements.js';

/** How many races a registration may lose to others before it gives up. */
const RACES = 5;

/** The same registration has been committed by another caller first: this transaction must not be committed. */
class CameFirst extends Error {}

/** Makes a client that was written in the transaction of `manager` answer further registrations. @throws Error when another client already does */
export type Share = (id: string, manager: EntityManager) => Promise<void>;

/** How a registration gets its client. */
export interface SharedBy<T> {
  /** Answers with an existing client; `undefined` when it has just been removed or changed. */
  known: (id: string) => Promise<T | undefined>;
  /** Creates a client; with `share`, in a transaction in which `share` is called. */
  made: (share?: Share) => Promise<T>;
}

/** Whether a client still has its first version: nobody has changed it, suspended it or given it a registration access token. */
export function isShareable({ client }: Pick<CurrentClient, 'client'>): boolean {
  return client.version === 1;
}

/**
 * Answers registrations that are the same with one client, if the policy asks for it. Only public clients are shared. They have no secret: a caller
 * that repeats a registration learns nothing that it did not send itself.
 */
@Injectable()
export class SharedClients {
  /** Registrations of this process that are the same wait for the first of them. */
  private readonly queue = new ChangeQueue();

  constructor(
    private readonly database: PreparedDatabase,
    private readonly statements: SharedClientStatements,
  ) {}

  /**
   * Answers a registration with the client that answered the same one before, or with a new one.
   *
   * @param label of the initial access token; `undefined` without one
   * @param client that results from the registration
   * @param options `manager` of an open transaction, and `signal`, which ends the wait for other registrations. Default neither
   * @throws OAuthError 503 when other registrations come first again and again, or too many wait; and what the functions of `by` throw
   */
  async answering<T>(
    { name, reuseWithin }: RegistrationPolicy,
    label: string | undefined,
    client: ClientMetadata,
    by: SharedBy<T>,
    { manager, signal }: Pick<BodyOptions, 'manager' | 'signal'> = {},
  ): Promise<T> {
    if (reuseWithin === undefined || client.token_endpoint_auth_method !== 'none') return by.made();
    const digest = registrationDigest(name, label, client);
    const since = new Date(Date.now() - reuseWithin).toISOString();
    const share: Share = (id, within) => this.share(digest, since, id, within);
    const find = async (): Promise<T | undefined> => {
      const found = await this.statements.find(digest, since, this.database.within(manager));
      return found?.isGood ? by.known(found.clientId) : undefined;
    };
    const known = await find();
    if (known !== undefined) return known;
    // No waiting within the host's transaction: the registration whose turn it is may itself wait for that transaction.
    if (openTransactionOf(manager)) return untilFirst(find, () => by.made(share));
    return this.queue.inTurn(digest, signal, () => untilFirst(find, () => by.made(share)));
  }

  private async share(digest: string, since: string, id: string, manager: EntityManager): Promise<void> {
    const executor = this.database.within(manager);
    const now = new Date().toISOString();
    if (await this.statements.add(digest, id, now, executor)) return;
    const former = await this.statements.find(digest, since, executor);
    const isReplaced = former && !former.isGood && (await this.statements.replace(digest, former, id, now, executor));
    if (!isReplaced) throw new CameFirst();
  }
}

/** Finds a client or creates one, and retries while other transactions come first. */
async function untilFirst<T>(find: () => Promise<T | undefined>, make: () => Promise<T>): Promise<T> {
  let refusal: unknown;
  for (let lost = 0; lost < RACES; lost += 1) {
    const known = await find();
    if (known !== undefined) return known;
    // A registration that was rejected for a full quota or a used-up token needs neither if another process has created the client.
    if (refusal !== undefined) throw refusal;
    try {
      return await make();
    } catch (error) {
      if (error instanceof OAuthError) refusal = error;
      else if (!(error instanceof CameFirst)) throw error;
    }
  }
  throw OAuthError.unavailable(new Error('Other registrations that are the same have come first again and again.'));
}
