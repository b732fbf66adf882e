import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { BodyOptions } from '../access/call-options.js';
import { maySee, type Principal } from '../access/principal.js';
import { readInput } from '../fields/read-input.js';
import { isUuid } from '../fields/uuid.js';
import type { JsonSource } from '../json/json-body.js';
import { API_KEY_PREFIX } from '../secrets/generated/secret-format.js';
import { issueToken } from '../secrets/generated/token.js';
import { tooManyKeys, unknownKey } from './api-key-errors.js';
import { ApiKeyInput, type ApiKeyView, type KeyMaker } from './api-key.dto.js';
import { KEY_RULES, narrowed } from './api-key.rules.js';
import { ApiKeyStatements, type KnownKey } from './api-key.statements.js';
import { MadeApiKey } from './made-api-key.js';

/** The caller, whether unknown members of the body are rejected, and the signal that ends the wait for the database. */
type KeyOptions = Pick<BodyOptions, 'actor' | 'strict' | 'signal'>;

/** Makes, lists and revokes API keys. A caller with an owner sees only the keys of that owner; others do not exist for it (404). */
@Injectable()
export class ApiKeys {
  private readonly logger = new Logger('ApiKeys');

  constructor(private readonly statements: ApiKeyStatements) {}

  /**
   * Creates a key that may do no more than its maker.
   *
   * @param body an `ApiKeyInput` as JSON
   * @throws OAuthError 400 `invalid_request` with every fault, 403 that names what the maker may not give, 409 when there are
   * too many keys
   */
  async create(body: JsonSource, { actor, strict, signal }: KeyOptions = {}): Promise<MadeApiKey> {
    const input = narrowed(actor, await readInput(ApiKeyInput, body, KEY_RULES, { strict }));
    const { clear, digest } = issueToken(API_KEY_PREFIX);
    const maker: KeyMaker = { type: actor?.type ?? 'host', id: actor?.id ?? '' };
    const key = {
      id: randomUUID(),
      name: input.name,
      scopes: input.scopes.join(' '),
      owner: input.owner,
      createdAt: new Date().toISOString(),
      createdBy: JSON.stringify(maker),
      expiresAt: input.expires_at,
      lastUsedAt: null,
    };
    if (!(await this.statements.insert({ ...key, digest }, signal))) throw tooManyKeys();
    this.report('made', key, actor);
    return new MadeApiKey(viewOf(key), clear);
  }

  /** Lists the keys that the caller may see, the oldest first. */
  async list({ actor }: KeyOptions = {}): Promise<ApiKeyView[]> {
    return (await this.statements.list()).filter(({ owner }) => maySee(actor, owner)).map(viewOf);
  }

  /** @throws OAuthError 404 when there is no such key */
  async get(id: string, { actor }: KeyOptions = {}): Promise<ApiKeyView> {
    return viewOf(await this.find(id, actor));
  }

  /**
   * Revokes a key: from now on it authenticates nobody, in any process.
   *
   * @throws OAuthError 404 when there is no such key
   */
  async revoke(id: string, { actor, signal }: KeyOptions = {}): Promise<void> {
    try {
      const key = await this.find(id, actor);
      if (!(await this.statements.remove(id, signal))) throw unknownKey();
      this.report('revoked', key, actor);
    } finally {
      // Also when it is gone already: another revocation may be waiting here.
      await this.statements.untilGone();
    }
  }

  private async find(id: string, actor: Principal | undefined): Promise<KnownKey> {
    const key = isUuid(id) ? await this.statements.get(id) : undefined;
    if (!key || !maySee(actor, key.owner)) throw unknownKey();
    return key;
  }

  private report(what: string, { id, name }: KnownKey, actor: Principal | undefined): void {
    const who = actor ? `${actor.type} ${actor.id}` : 'the application';
    this.logger.log(`API key ${id} (${JSON.stringify(name)}) was ${what} by ${who}.`);
  }
}

function viewOf({ id, name, scopes, owner, createdAt, createdBy, expiresAt, lastUsedAt }: KnownKey): ApiKeyView {
  return {
    id,
    name,
    scopes: scopes.split(' '),
    owner,
    expires_at: expiresAt,
    last_used_at: lastUsedAt,
    created_at: createdAt,
    created_by: JSON.parse(createdBy) as KeyMaker,
  };
}
