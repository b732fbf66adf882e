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

/** How many other registrations may come first before one gives up. */
const RACES = 5;

/** Another registration, which is the same, has come first: what this one has written must not be committed. */
class CameFirst extends Error {}

/** Lets a client that was written in the transaction of a manager answer further registrations. @throws Error when another one does */
export type Share = (id: string, manager: EntityManager) => Promise<void>;

/** How a registration finds its client. */
export interface SharedBy<T> {
  /** Answers with a client that exists; `undefined` when it has just been removed. */
  known: (id: string) => Promise<T | undefined>;
  /** Makes a client; with `share`, in a transaction in which that is called. */
  made: (share?: Share) => Promise<T>;
}

/** Has a client the version that it was made with, so that nobody has changed it, suspended it or given it a registration access token? */
export function isShareable({ client }: Pick<CurrentClient, 'client'>): boolean {
  return client.version === 1;
}

/**
 * Answers registrations that are the same with one client, where the policy wants that. Only public clients are shared, which have no
 * secret: whoever registers the same again learns nothing that it did not say itself.
 */
@Injectable()
export class SharedClients {
  /** Those of this process that are the same wait for the first of them. */
  private readonly queue = new ChangeQueue();

  constructor(
    private readonly database: PreparedDatabase,
    private readonly statements: SharedClientStatements,
  ) {}

  /**
   * Answers a registration with the client that has answered the same before, or with a new one.
   *
   * @param label of the initial access token; `undefined` without one
   * @param client that results from the registration
   * @param options `manager` of a transaction that is open, and `signal`, which ends the wait for others. Default neither
   * @throws OAuthError 503 when others come first again and again, or too many wait, and what the ways of `by` throw
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
    // The registration whose turn it is may wait for the transaction of the host: that never waits for a turn.
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

/** Finds a client or makes one, again while another process comes first. */
async function untilFirst<T>(find: () => Promise<T | undefined>, make: () => Promise<T>): Promise<T> {
  let refusal: unknown;
  for (let lost = 0; lost < RACES; lost += 1) {
    const known = await find();
    if (known !== undefined) return known;
    // Refused for want of room or of uses of its token, it needs neither once another process has made the client.
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
