import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ClientTerm } from '../../clients/store/client-term.entity.js';
import type { TermKind } from '../../clients/metadata/search-kinds.js';
import { prepared, preparedText, type Placeholder } from '../../database/sql/change-texts.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { UnusedClients } from '../sweeping/unused-clients.js';
import type { RegistrationPolicy } from '../policy/registration-policy.js';

/** Kind of the terms that name the policy under which a client registered. */
const KIND: TermKind = 'via_policy';

/**
 * 403 `access_denied` for a registration under a policy that has reached its `maxClients`. It is not 429: nobody knows when there is room again,
 * and a caller that retries makes none.
 */
export function quotaReached(): OAuthError {
  return OAuthError.accessDenied(
    'There are as many clients under this policy as it allows: ask whoever runs the registry to remove those that nobody needs.',
  );
}

/** Enforces the `maxClients` of a policy. */
@Injectable()
export class ClientQuota {
  constructor(
    private readonly database: PreparedDatabase,
    private readonly unused: UnusedClients,
  ) {}

  /**
   * Admits one more client under a policy. Until the transaction ends, no process admits another one under it, so that the number holds while
   * others remove clients. At the quota, removes the oldest client that was never used, if the policy has `makeRoomAfter`.
   *
   * @param manager of the transaction that then writes the client
   * @throws OAuthError 403 when the policy has as many clients as it allows
   */
  async requireRoom(policy: RegistrationPolicy, manager: EntityManager): Promise<void> {
    const { name, maxClients, makeRoomAfter, reuseWithin = 0 } = policy;
    if (maxClients === undefined) return;
    const { dialect } = this.database;
    const executor = this.database.within(manager);
    const terms = this.database.table(ClientTerm);
    const statement = (label: string, build: (place: Placeholder) => string) =>
      prepared(label, preparedText(dialect, build))({ lock: `${terms} ${name}`, policy: name, most: maxClients + 1 });
    const { lockName } = dialect;
    if (lockName) await executor.row(statement('quota_lock', (place) => `SELECT ${lockName(place('lock'))}`));
    const found = await executor.row<{ clients: number | string }>(
      statement(
        'quota',
        (place) =>
          `SELECT count(*) AS clients FROM (SELECT 1 FROM ${terms} WHERE kind = '${KIND}' AND value = ${place('policy')} LIMIT ${place('most')}) AS few`,
      ),
    );
    // PostgreSQL returns a bigint as text.
    const missing = Number(found?.clients) - maxClients;
    if (missing < 0) return;
    // A client may answer the same registration again until `reuseWithin` is over: its time begins only then.
    const makesRoom = missing === 0 && makeRoomAfter !== undefined;
    if (!makesRoom || !(await this.unused.removeOldest(name, makeRoomAfter + reuseWithin, manager)))
      throw quotaReached();
  }
}
