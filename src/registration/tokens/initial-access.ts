import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { BodyOptions } from '../../access/call-options.js';
import { runInTransaction } from '../../clients/store/run-in-transaction.js';
import { toldUnless } from '../../clients/writing/registration.js';
import { limitOf } from '../../concurrency/limit.js';
import { openTransactionOf, PreparedDatabase } from '../../database/sql/prepared-database.js';
import { orUnavailable } from '../../database/sql/unavailable.js';
import { INITIAL_TOKEN_PREFIX } from '../../secrets/generated/secret-format.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { ClientQuota } from '../limits/client-quota.js';
import { RegistrationPolicies } from '../policy/registration-policies.js';
import type { RegistrationPolicy } from '../policy/registration-policy.js';
import { initialTokenMissing, initialTokenRefused } from './initial-access-token-errors.js';
import type { KnownToken } from './initial-access-token.statements.js';
import { InitialAccessTokens } from './initial-access-tokens.js';

/** How many registrations with tokens, quotas or shared clients one process writes at a time, so that connections are left, and how many wait. */
const MOST_AT_ONCE = 4;
const MOST_WAITING = 256;

/** How a client is written. */
interface Writing extends Pick<BodyOptions, 'manager' | 'signal'> {
  /** Writes further rows for the client with this id, in the same transaction. */
  share?: ((id: string, manager: EntityManager) => Promise<void>) | undefined;
}

/** How a client registers itself. */
export interface Entry {
  /** The policy that it follows. */
  policy: RegistrationPolicy;
  /** The token that it presents; left out when it presents none. */
  token?: KnownToken;
}

/** Admits registrations, and enforces the uses of initial access tokens and the quotas of policies. */
@Injectable()
export class InitialAccess {
  private readonly logger = new Logger('ClientRegistration');
  private readonly inTurn = limitOf(MOST_AT_ONCE);

  constructor(
    private readonly tokens: InitialAccessTokens,
    /** The policies under which clients register. */
    readonly policies: RegistrationPolicies,
    private readonly quota: ClientQuota,
    private readonly database: PreparedDatabase,
  ) {}

  /**
   * Returns the policy under which a client registers, and the token that it presents.
   *
   * @param presented what the caller sent; `undefined` when it sent nothing
   * @param isRequired whether registration requires a token. Otherwise credentials of another kind are ignored: guards of an application may ask
   * for them
   * @throws OAuthError 401 for a token that cannot be used, whose policy is gone, or that is missing where one is required; 503 when the database
   * cannot answer
   */
  admit(presented: string | undefined, isRequired: boolean): Promise<Entry> {
    return toldUnless('', this.entryOf(presented, isRequired));
  }

  private async entryOf(presented: string | undefined, isRequired: boolean): Promise<Entry> {
    if (isRequired && presented === undefined) throw initialTokenMissing();
    if (presented === undefined || (!isRequired && !presented.startsWith(INITIAL_TOKEN_PREFIX)))
      return { policy: this.policies.named() };
    const token = await this.tokens.find(presented);
    if (!token) throw initialTokenRefused();
    if (!this.policies.has(token.policy)) {
      // Under the default policy the client might do more than the maker of the token intended.
      const { id, policy } = token;
      this.logger.warn(`The initial access token ${id} is refused: there is no policy ${JSON.stringify(policy)}.`);
      throw initialTokenRefused();
    }
    return { policy: this.policies.named(token.policy), token };
  }

  /**
   * Writes a client together with one use of its token, or neither, unless its policy has as many clients as it allows.
   *
   * @param insert writes the client in the transaction of the manager; it returns `undefined` when it wrote none, which costs no use
   * @param options `manager` of an open transaction: then a savepoint of it is used. `signal`: when it is aborted before the registration's turn,
   * nothing is written
   * @throws OAuthError 401 when the token can no longer be used, 403 when the quota of the policy is reached, 503 when the database cannot answer
   * or too many registrations wait
   */
  writing<T extends { id: string }>(
    { policy, token }: Entry,
    insert: (manager?: EntityManager) => Promise<T | undefined>,
    { manager, signal, share }: Writing = {},
  ): Promise<T | undefined> {
    if (!token && !share && policy.maxClients === undefined) return insert(manager);
    const work = async (within: EntityManager): Promise<T | undefined> => {
      await this.quota.requireRoom(policy, within);
      const written = await insert(within);
      if (token && written !== undefined && !(await this.tokens.takeUse(token.id, this.database.within(within))))
        throw initialTokenRefused();
      if (written) await share?.(written.id, within);
      return written;
    };
    if (manager && openTransactionOf(manager)) return manager.transaction(work);
    if (this.inTurn.waiting >= MOST_WAITING)
      return Promise.reject(OAuthError.unavailable(new Error('Too many registrations with tokens or quotas wait.')));
    const written = this.inTurn(() => {
      signal?.throwIfAborted();
      return runInTransaction(this.database.dataSource, work);
    });
    return orUnavailable(written, this.database.dialect);
  }
}
