import type { INestApplicationContext } from '@nestjs/common';
import { ClientSecretsService } from '../../clients/client-secrets.service.js';
import { ClientStateService } from '../../clients/client-state.service.js';
import { ClientsService } from '../../clients/clients.service.js';
import { ClientHistory } from '../../clients/history/client-history.js';
import { MERGE_PATCH } from '../../clients/metadata/client-patch.js';
import { Tombstones } from '../../clients/tombstones/tombstones.js';
import { ExpiringService } from '../../expiry/expiring.service.js';
import { entryTexts } from '../../json/json-text.js';
import { ApiKeys } from '../../keys/api-keys.service.js';
import { InitialAccessTokens } from '../../registration/tokens/initial-access-tokens.js';
import { Config } from '../../standalone/config/config.js';
import { policyNames } from '../../standalone/config/registration-options.js';
import { openDatabase } from './open-database.js';
import type { ChangeCondition, Registry, RegistryPage } from './registry.js';
import { shellActor } from './shell-actor.js';

/** Options of every change. */
const CHANGE = { actor: shellActor() };
const STRICT = { ...CHANGE, strict: true };

/** The registry in the database that the configuration names, opened by this process. */
export class LocalRegistry implements Registry {
  private readonly clients: ClientsService;
  private readonly histories: ClientHistory;
  private readonly clientSecrets: ClientSecretsService;
  private readonly states: ClientStateService;
  private readonly removed: Tombstones;
  private readonly apiKeys: ApiKeys;
  private readonly tokens: InitialAccessTokens;
  private readonly ending: ExpiringService;

  private constructor(private readonly app: INestApplicationContext) {
    this.clients = app.get(ClientsService, { strict: false });
    this.histories = app.get(ClientHistory, { strict: false });
    this.clientSecrets = app.get(ClientSecretsService, { strict: false });
    this.states = app.get(ClientStateService, { strict: false });
    this.removed = app.get(Tombstones, { strict: false });
    this.apiKeys = app.get(ApiKeys, { strict: false });
    this.tokens = app.get(InitialAccessTokens, { strict: false });
    this.ending = app.get(ExpiringService, { strict: false });
  }

  /** Opens the database. */
  static async open(): Promise<LocalRegistry> {
    return new LocalRegistry(await openDatabase());
  }

  async create(body: string): Promise<string> {
    return (await this.clients.create(body, STRICT)).json;
  }

  async get(id: string, asOf?: string): Promise<{ text: string; etag: string }> {
    const { json, etag } = await this.clients.get(id, { asOf });
    return { text: json, etag };
  }

  async page(query: URLSearchParams): Promise<RegistryPage> {
    const { json, links } = await this.clients.list(query);
    return { records: entryTexts(json), next: links['next'] };
  }

  async history(id: string, query: URLSearchParams): Promise<RegistryPage> {
    const { json, links } = await this.histories.list(id, query);
    return { records: entryTexts(json), next: links['next'] };
  }

  async revert(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return (await this.histories.revert(id, body, { ...STRICT, ...condition })).json;
  }

  async update(id: string, patch: string, condition?: ChangeCondition): Promise<string> {
    return (await this.clients.patch(id, patch, MERGE_PATCH, { ...STRICT, ...condition })).json;
  }

  remove(id: string, condition?: ChangeCondition): Promise<void> {
    return this.clients.remove(id, { ...CHANGE, ...condition });
  }

  async tombstones(query: URLSearchParams): Promise<RegistryPage> {
    const { json, links } = await this.removed.list(query);
    return { records: entryTexts(json), next: links['next'] };
  }

  async restore(id: string): Promise<string> {
    return (await this.states.restore(id, CHANGE)).json;
  }

  async rotate(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return (await this.clientSecrets.rotate(id, body, { ...STRICT, ...condition })).json;
  }

  async suspend(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return (await this.states.suspend(id, body, { ...STRICT, ...condition })).json;
  }

  async resume(id: string, condition?: ChangeCondition): Promise<string> {
    return (await this.states.resume(id, { ...CHANGE, ...condition })).json;
  }

  async secrets(id: string): Promise<string[]> {
    return (await this.clientSecrets.list(id)).map((secret) => JSON.stringify(secret));
  }

  async addSecret(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return JSON.stringify((await this.clientSecrets.add(id, body, { ...STRICT, ...condition })).shown);
  }

  revokeSecret(id: string, secretId: string, options: ChangeCondition & { force: boolean }): Promise<void> {
    return this.clientSecrets.revoke(id, secretId, { ...CHANGE, ...options });
  }

  async createKey(body: string): Promise<string> {
    return JSON.stringify((await this.apiKeys.create(body, STRICT)).shown);
  }

  async keys(): Promise<string[]> {
    return (await this.apiKeys.list()).map((key) => JSON.stringify(key));
  }

  revokeKey(id: string): Promise<void> {
    return this.apiKeys.revoke(id, CHANGE);
  }

  async createInitialToken(body: string): Promise<string> {
    // The service at which clients register is another process, with the same configuration.
    const policies = policyNames(this.app.get(Config, { strict: false }));
    return JSON.stringify((await this.tokens.create(body, { ...STRICT, policies })).shown);
  }

  async initialTokens(): Promise<string[]> {
    return (await this.tokens.list()).map((token) => JSON.stringify(token));
  }

  revokeInitialToken(id: string): Promise<void> {
    return this.tokens.revoke(id, CHANGE);
  }

  async expiring(query: URLSearchParams): Promise<RegistryPage> {
    const { json, links } = await this.ending.list(query);
    return { records: entryTexts(json), next: links['next'] };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
