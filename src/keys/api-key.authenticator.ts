import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { countedRefusal } from '../access/access-errors.js';
import type { Authenticator } from '../access/authenticator.js';
import type { Principal } from '../access/principal.js';
import type { Attempt } from '../access/refusals/refusals.js';
import type { Scope } from '../access/scopes.js';
import { API_KEY_PREFIX, isGenerated } from '../secrets/generated/secret-format.js';
import { epochSeconds } from '../secrets/secret-set.js';
import { tokenDigest } from '../secrets/generated/token.js';
import { ApiKeyStatements, type KnownKey } from './api-key.statements.js';
import { LastUses } from './last-uses.js';

/** Authenticates callers by API key. A key that has ended, or whose revocation was acknowledged, authenticates nobody. */
@Injectable()
export class ApiKeyAuthenticator implements Authenticator {
  constructor(
    private readonly statements: ApiKeyStatements,
    private readonly uses: LastUses,
  ) {}

  /**
   * Returns the principal of a key.
   *
   * @returns `undefined` for a token that does not have the prefix of API keys
   * @throws OAuthError 401 for a key that is wrong, has ended or was revoked, 429 after too many of these, 503 when the database cannot answer
   */
  authenticate(
    _: IncomingMessage,
    token = '',
    attempt?: Attempt,
  ): Principal | undefined | Promise<Principal | undefined> {
    if (!token.startsWith(API_KEY_PREFIX)) return undefined;
    // A wrong checksum costs no read, so that a stranger cannot keep the database busy with random keys.
    if (!isGenerated(token)) throw countedRefusal(attempt);
    const digest = tokenDigest(token);
    const key = this.statements.recall(digest);
    return key ? this.admit(key, attempt) : this.statements.find(digest).then((found) => this.admit(found, attempt));
  }

  /** Returns the principal of a key, which counts as a use of it. */
  private admit(key: KnownKey | undefined, attempt: Attempt | undefined): Principal {
    if (!key || (key.expiresAt !== 0 && key.expiresAt <= epochSeconds())) throw countedRefusal(attempt);
    this.uses.note(key);
    const { id, name, scopes, owner, expiresAt } = key;
    const principal: Principal = { type: 'api_key', id, name, scopes: scopes.split(' ') as Scope[], expiresAt };
    return owner === '' ? principal : { ...principal, owner };
  }
}
