import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { BodyOptions } from '../../access/call-options.js';
import { maySee, type Principal } from '../../access/principal.js';
import type { Executor } from '../../database/sql/prepared-database.js';
import { readInput } from '../../fields/read-input.js';
import { isUuid } from '../../fields/uuid.js';
import type { JsonSource } from '../../json/json-body.js';
import type { KeyMaker } from '../../keys/api-key.dto.js';
import { INITIAL_TOKEN_PREFIX, isGenerated } from '../../secrets/generated/secret-format.js';
import { epochSeconds } from '../../secrets/secret-set.js';
import { issueToken, tokenDigest } from '../../secrets/generated/token.js';
import { tooManyTokens, unknownToken } from './initial-access-token-errors.js';
import { InitialAccessTokenInput, type InitialAccessTokenView } from './initial-access-token.dto.js';
import { namesPolicy, narrowed, TOKEN_RULES } from './initial-access-token.rules.js';
import { InitialAccessTokenStatements, type KnownToken } from './initial-access-token.statements.js';
import { KnownPolicies } from './known-policies.js';
import { MadeInitialAccessToken } from './made-initial-access-token.js';

/** The actor, whether unknown members of the body are rejected, and the signal that ends the wait for the database. */
export type InitialAccessTokenOptions = Pick<BodyOptions, 'actor' | 'strict' | 'signal'>;

/** How a token is made. */
export interface MakeTokenOptions extends InitialAccessTokenOptions {
  /**
   * Names of the policies under which clients may register. A token for another policy is rejected. Default: those of the application's
   * `RegistrationModule`; without one, any name.
   */
  policies?: readonly string[];
}

/**
 * Initial access tokens (RFC 7591 §1.2), with which clients register themselves: makes, lists and revokes them, and finds the one that a
 * registration presents. A caller with an owner sees only the tokens of its owner: for others it gets 404.
 */
@Injectable()
export class InitialAccessTokens {
  private readonly logger = new Logger('InitialAccessTokens');

  /** @internal */
  constructor(
    private readonly statements: InitialAccessTokenStatements,
    private readonly knownPolicies: KnownPolicies,
  ) {}

  /**
   * Makes a token.
   *
   * @param body an `InitialAccessTokenInput` as JSON
   * @param options the actor, and the names of the policies. An actor with an owner makes tokens of that owner. Default actor: the application
   * itself
   * @throws OAuthError 400 `invalid_request` with every fault, 403 that names what the maker must not give, 409 when there are too many tokens
   */
  async create(
    body: JsonSource,
    { actor, strict, signal, policies = this.knownPolicies.names() }: MakeTokenOptions = {},
  ): Promise<MadeInitialAccessToken> {
    const rules = [...TOKEN_RULES, namesPolicy(policies)];
    const read = await readInput(InitialAccessTokenInput, body, rules, { strict });
    const { label, policy, owner, expires_at: expiresAt, max_uses: maxUses } = narrowed(actor, read);
    const { clear, digest } = issueToken(INITIAL_TOKEN_PREFIX);
    const maker: KeyMaker = { type: actor?.type ?? 'host', id: actor?.id ?? '' };
    const token: KnownToken = {
      id: randomUUID(),
      label,
      policy,
      owner,
      createdAt: new Date().toISOString(),
      createdBy: JSON.stringify(maker),
      expiresAt,
      maxUses,
      uses: 0,
      lastUsedAt: null,
    };
    if (!(await this.statements.insert({ ...token, digest }, signal))) throw tooManyTokens();
    this.report('made', token, actor);
    return new MadeInitialAccessToken(viewOf(token), clear);
  }

  /**
   * Returns the tokens, the oldest first.
   *
   * @param options the actor
   */
  async list({ actor }: InitialAccessTokenOptions = {}): Promise<InitialAccessTokenView[]> {
    return (await this.statements.list()).filter(({ owner }) => maySee(actor, owner)).map(viewOf);
  }

  /**
   * Returns one token.
   *
   * @param id of the token
   * @param options the actor
   * @throws OAuthError 404 when there is no such token
   */
  async get(id: string, { actor }: InitialAccessTokenOptions = {}): Promise<InitialAccessTokenView> {
    return viewOf(await this.known(id, actor));
  }

  /**
   * Revokes a token: no client can register with it any longer. Clients that have registered with it stay.
   *
   * @param id of the token
   * @param options the actor, and the signal that ends the wait for the database
   * @throws OAuthError 404 when there is no such token
   */
  async revoke(id: string, { actor, signal }: InitialAccessTokenOptions = {}): Promise<void> {
    const token = await this.known(id, actor);
    if (!(await this.statements.remove(id, signal))) throw unknownToken();
    this.report('revoked', token, actor);
  }

  /**
   * Returns the token that a registration presents. Each call queries the database, unless the checksum is wrong.
   *
   * @param clear as it was presented
   * @returns `undefined` when the token is unknown, revoked, used up or has ended: all of these cost the same
   * @throws OAuthError 503 when the database cannot answer
   * @internal
   */
  async find(clear: string): Promise<KnownToken | undefined> {
    // A wrong checksum costs no read: a stranger cannot keep the database busy with it.
    if (!clear.startsWith(INITIAL_TOKEN_PREFIX) || !isGenerated(clear)) return undefined;
    const token = await this.statements.find(tokenDigest(clear));
    return token && isUsable(token) ? token : undefined;
  }

  /**
   * Takes one use of a token, in the transaction of the registration: a rollback gives it back.
   *
   * @returns false when no use is left: then the registration must not be written. When several processes take the last use at the same time, only
   * one gets true
   * @internal
   */
  takeUse(id: string, executor: Executor): Promise<boolean> {
    return this.statements.use(id, executor);
  }

  private async known(id: string, actor: Principal | undefined): Promise<KnownToken> {
    const token = isUuid(id) ? await this.statements.get(id) : undefined;
    if (!token || !maySee(actor, token.owner)) throw unknownToken();
    return token;
  }

  private report(what: string, { id, label }: KnownToken, actor: Principal | undefined): void {
    const who = actor ? `${actor.type} ${actor.id}` : 'the application';
    this.logger.log(`Initial access token ${id} (${JSON.stringify(label)}) was ${what} by ${who}.`);
  }
}

/** Whether a client can register with the token now. */
function isUsable({ expiresAt, maxUses, uses }: KnownToken): boolean {
  return (expiresAt === 0 || expiresAt > epochSeconds()) && (maxUses === 0 || uses < maxUses);
}

function viewOf(token: KnownToken): InitialAccessTokenView {
  return {
    id: token.id,
    label: token.label,
    policy: token.policy,
    owner: token.owner,
    expires_at: token.expiresAt,
    max_uses: token.maxUses,
    uses: token.uses,
    last_used_at: token.lastUsedAt,
    created_at: token.createdAt,
    created_by: JSON.parse(token.createdBy) as KeyMaker,
  };
}
