import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
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

/**
 * Answers registrations that are the same with one client, where the policy wants that. Only public clients are shared, which have no
 * secret: whoever registers the same again learns nothing that it did not say itself.
 */
@Injectable()
export class SharedClients {
  constructor(
    private readonly database: PreparedDatabase,
    private readonly statements: SharedClientStatements,
  ) {}

  /**
   * Answers a registration with the client that has answered the same before, or with a new one.
   *
   * @param label of the initial access token; `undefined` without one
   * @param client that results from the registration
   * @param manager of a transaction that is open. Default none
   * @throws OAuthError 503 when others come first again and again, and what the ways of `by` throw
   */
  async answering<T>(
    { name, reuseWithin }: RegistrationPolicy,
    label: string | undefined,
    client: ClientMetadata,
    by: SharedBy<T>,
    manager?: EntityManager,
  ): Promise<T> {
    if (reuseWithin === undefined || client.token_endpoint_auth_method !== 'none') return by.made();
    const digest = registrationDigest(name, label, client);
    for (let lost = 0; lost < RACES; lost += 1) {
      const since = new Date(Date.now() - reuseWithin).toISOString();
      const found = await this.statements.find(digest, since, this.database.within(manager));
      const known = found?.isGood ? await by.known(found.clientId) : undefined;
      if (known !== undefined) return known;
      const made = await by.made((id, within) => this.share(digest, since, id, within)).catch(ifSecond);
      if (made !== undefined) return made;
    }
    throw OAuthError.unavailable(new Error('Other registrations that are the same have come first again and again.'));
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

function ifSecond(error: unknown): undefined {
  if (error instanceof CameFirst) return undefined;
  throw error;
}
