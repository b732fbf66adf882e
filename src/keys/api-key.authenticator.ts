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
import { ApiKeyStatements } from './api-key.statements.js';
import { LastUses } from './last-uses.js';

/** Lets in who has an API key. Each request asks the database, so a key that was revoked or has ended lets nobody in. */
@Injectable()
export class ApiKeyAuthenticator implements Authenticator {
  constructor(
    private readonly statements: ApiKeyStatements,
    private readonly uses: LastUses,
  ) {}

  /**
   * The principal of a key.
   *
   * @returns `undefined` for what does not begin as API keys do
   * @throws OAuthError 401 for one that is wrong, has ended or was revoked, 429 after too many such, 503 when the database cannot answer
   */
  async authenticate(_: IncomingMessage, token = '', attempt?: Attempt): Promise<Principal | undefined> {
    if (!token.startsWith(API_KEY_PREFIX)) return undefined;
    // A wrong checksum costs no read: a stranger cannot keep the database busy with it.
    if (!isGenerated(token)) throw countedRefusal(attempt);
    const key = await this.statements.find(tokenDigest(token));
    if (!key || (key.expiresAt !== 0 && key.expiresAt <= epochSeconds())) throw countedRefusal(attempt);
    this.uses.note(key);
    const { id, name, scopes, owner, expiresAt } = key;
    const principal: Principal = { type: 'api_key', id, name, scopes: scopes.split(' ') as Scope[], expiresAt };
    return owner === '' ? principal : { ...principal, owner };
  }
}
