import { MERGE_PATCH } from '../../clients/metadata/client-patch.js';
import { TOMBSTONES } from '../../clients/openapi/paths.js';
import { entryTexts } from '../../json/json-text.js';
import { EXPIRING } from '../../expiry/paths.js';
import { KEYS } from '../../keys/paths.js';
import { REGISTRATION_TOKENS } from '../../registration/tokens/paths.js';
import type { ChangeCondition, Registry, RegistryPage } from './registry.js';
import { ServiceCaller } from './service-caller.js';
import type { Service } from './unreachable.js';

/** The registry of a running service, called over its admin API. */
export class HttpRegistry implements Registry {
  private readonly caller: ServiceCaller;

  constructor(service: Service) {
    this.caller = new ServiceCaller(service);
  }

  create(body: string): Promise<string> {
    return this.caller.text([], { method: 'POST', body });
  }

  get(id: string, asOf?: string): Promise<{ text: string; etag: string }> {
    return this.caller.call([id], { query: new URLSearchParams(asOf === undefined ? {} : { as_of: asOf }) });
  }

  page(query: URLSearchParams): Promise<RegistryPage> {
    return this.pageOf([], query);
  }

  history(id: string, query: URLSearchParams): Promise<RegistryPage> {
    return this.pageOf([id, 'history'], query);
  }

  revert(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return this.caller.text([id, 'revert'], { method: 'POST', body, ...condition });
  }

  update(id: string, patch: string, condition?: ChangeCondition): Promise<string> {
    return this.caller.text([id], { method: 'PATCH', body: patch, type: MERGE_PATCH, ...condition });
  }

  async remove(id: string, condition?: ChangeCondition): Promise<void> {
    await this.caller.call([id], { method: 'DELETE', ...condition });
  }

  tombstones(query: URLSearchParams): Promise<RegistryPage> {
    return this.pageOf([], query, TOMBSTONES);
  }

  restore(id: string): Promise<string> {
    return this.caller.text([id, 'restore'], { method: 'POST' });
  }

  rotate(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return this.caller.text([id, 'secrets', 'rotate'], { method: 'POST', body, ...condition });
  }

  suspend(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return this.caller.text([id, 'suspension'], { method: 'PUT', body, ...condition });
  }

  resume(id: string, condition?: ChangeCondition): Promise<string> {
    return this.caller.text([id, 'suspension'], { method: 'DELETE', ...condition });
  }

  async secrets(id: string): Promise<string[]> {
    return entryTexts(await this.caller.text([id, 'secrets'], { isList: true }));
  }

  addSecret(id: string, body: string, condition?: ChangeCondition): Promise<string> {
    return this.caller.text([id, 'secrets'], { method: 'POST', body, ...condition });
  }

  async revokeSecret(
    id: string,
    secretId: string,
    { force, ...condition }: ChangeCondition & { force: boolean },
  ): Promise<void> {
    const query = new URLSearchParams(force ? { force: 'true' } : {});
    await this.caller.call([id, 'secrets', secretId], { method: 'DELETE', query, ...condition });
  }

  createKey(body: string): Promise<string> {
    return this.caller.text([], { collection: KEYS, method: 'POST', body });
  }

  async keys(): Promise<string[]> {
    return entryTexts(await this.caller.text([], { collection: KEYS, isList: true }));
  }

  async revokeKey(id: string): Promise<void> {
    await this.caller.call([id], { collection: KEYS, method: 'DELETE' });
  }

  createInitialToken(body: string): Promise<string> {
    return this.caller.text([], { collection: REGISTRATION_TOKENS, method: 'POST', body });
  }

  async initialTokens(): Promise<string[]> {
    return entryTexts(await this.caller.text([], { collection: REGISTRATION_TOKENS, isList: true }));
  }

  async revokeInitialToken(id: string): Promise<void> {
    await this.caller.call([id], { collection: REGISTRATION_TOKENS, method: 'DELETE' });
  }

  expiring(query: URLSearchParams): Promise<RegistryPage> {
    return this.pageOf([], query, EXPIRING);
  }

  async close(): Promise<void> {}

  private async pageOf(path: string[], query: URLSearchParams, collection?: string): Promise<RegistryPage> {
    const { text, link } = await this.caller.call(path, { collection, query, isList: true });
    return { records: entryTexts(text), next: nextOf(link) };
  }
}

/** Returns the query of the link to the next page (RFC 8288 §3). Its host and path are ignored: the caller may know the service by others. */
function nextOf(link: string): URLSearchParams | undefined {
  const [, query] = /<[^>?]*\?([^>]*)>\s*;\s*rel="?next"?/.exec(link) ?? [];
  return query === undefined ? undefined : new URLSearchParams(query);
}
