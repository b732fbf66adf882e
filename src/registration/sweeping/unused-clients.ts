import type { EntityManager } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import type { ClientActivity } from '../../clients/activity/client-activity.js';
import type { ClientStatements } from '../../clients/store/client.statements.js';
import type { RemovalOptions } from '../../clients/store/removal.options.js';
import type { ClientEvents } from '../../clients/writing/client-events.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { reportedSince } from '../../clients/uses/first-report.js';
import {
  UnusedClientStatements,
  type FoundClient,
  type UnusedClient,
  type UnusedQuery,
} from './unused-client.statements.js';

/** Time within which some client must have been used, in milliseconds: otherwise uses may no longer be reported. */
const RECENTLY = 86_400_000;

/** The parts of a registry that are needed to remove unused clients. */
export interface UnusedClientParts {
  statements: ClientStatements;
  activity: ClientActivity;
  events: ClientEvents;
  removal: RemovalOptions;
}

/** The actor that removes clients, and the transaction. */
export interface Removing {
  actor: Actor;
  /** Default: a transaction of its own for each client. */
  manager?: EntityManager;
}

/** The time before which clients must have become unused to be removed, or why none is, as the end of a sentence. */
export type Due = { before: string; refusal?: undefined } | { before?: undefined; refusal: string };

/** Finds and removes clients that registered themselves and are not used. */
export class UnusedClients {
  #sql?: UnusedClientStatements;

  /** @param partsOf returns the parts, once the application is initialised */
  constructor(
    private readonly database: PreparedDatabase,
    private readonly partsOf: () => UnusedClientParts,
  ) {}

  private get sql(): UnusedClientStatements {
    this.#sql ??= new UnusedClientStatements(this.database, this.partsOf().removal);
    return this.#sql;
  }

  /**
   * Returns the time before which a client must have become unused; returns a refusal unless uses have been reported for that long, and lately.
   *
   * @param period how long clients may be unused, in milliseconds
   */
  async due(period: number, manager?: EntityManager): Promise<Due> {
    const executor = this.database.within(manager);
    const before = new Date(Math.max(0, Date.now() - period)).toISOString();
    const since = await reportedSince(this.database, executor);
    if (since === undefined) return { refusal: 'no use of a client was ever reported' };
    if (since > before) return { refusal: `uses of clients are known only since ${since}, which is not long enough` };
    const recently = new Date(Date.now() - RECENTLY).toISOString();
    if (!(await this.sql.wasAnyUsed(before > recently ? before : recently, executor)))
      return { refusal: 'no client at all was used lately: uses may be reported no longer' };
    return { before };
  }

  /** Returns unused clients of a policy, also those that others have changed; the longest unused first. */
  find(query: UnusedQuery): Promise<UnusedClient[]> {
    return this.sql.find(query, this.database);
  }

  /**
   * Removes the oldest client of a policy that was never used, and that nobody but itself has changed.
   *
   * @param age that it must have, in milliseconds; uses must have been reported for that long, too
   * @param manager of the transaction in which it is removed
   * @returns whether a client was removed
   */
  async removeOldest(policy: string, age: number, manager: EntityManager): Promise<boolean> {
    const { before } = await this.due(age, manager);
    if (before === undefined) return false;
    const actor = { type: 'system', id: 'quota', name: policy } as const;
    for (const one of await this.sql.findNeverUsed(policy, before, this.database.within(manager)))
      if (await this.remove(one, before, { actor, manager })) return true;
    return false;
  }

  /**
   * Removes a client, as an administrator does, unless it was changed or used since it was found.
   *
   * @param before time before which it must have become unused
   * @returns whether it was removed
   */
  async remove(found: FoundClient, before: string, { actor, manager }: Removing): Promise<boolean> {
    const { id, version, tag } = found;
    const { statements, activity, events } = this.partsOf();
    const executor = statements.within(manager);
    const current = await statements.load(id, executor);
    if (activity.isWaiting(id) || !current || current.client.version !== version || current.client.tag !== tag)
      return false;
    const entry = { kinds: ['client.deleted'] as const, members: [], actor };
    const isRemoved = await this.sql.remove(current, found, before, entry, executor);
    const { document } = current.client;
    if (isRemoved) events.publish({ type: 'client.deleted', clientId: id, version, document }, manager);
    return isRemoved;
  }
}
