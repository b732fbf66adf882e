import { entryTexts } from '../../../json/json-text.js';
import { WEBHOOKS } from '../../../webhooks/paths.js';
import { ServiceCaller } from '../service-caller.js';
import type { Service } from '../unreachable.js';
import type { WebhookRegistry } from './webhook-registry.js';

const collection = WEBHOOKS;

/** The webhooks of a running service, called over its admin API. */
export class HttpWebhooks implements WebhookRegistry {
  private readonly caller: ServiceCaller;

  constructor(service: Service) {
    this.caller = new ServiceCaller(service);
  }

  create(body: string): Promise<string> {
    return this.caller.text([], { collection, method: 'POST', body });
  }

  async list(): Promise<string[]> {
    return entryTexts(await this.caller.text([], { collection, isList: true }));
  }

  get(id: string): Promise<string> {
    return this.caller.text([id], { collection });
  }

  replace(id: string, body: string): Promise<string> {
    return this.caller.text([id], { collection, method: 'PUT', body });
  }

  async remove(id: string): Promise<void> {
    await this.caller.text([id], { collection, method: 'DELETE' });
  }

  rotate(id: string): Promise<string> {
    return this.caller.text([id, 'rotate'], { collection, method: 'POST' });
  }

  replay(id: string, body: string): Promise<string> {
    return this.caller.text([id, 'replay'], { collection, method: 'POST', body });
  }

  async deliveries(id: string, query: URLSearchParams): Promise<string[]> {
    return entryTexts(await this.caller.text([id, 'deliveries'], { collection, query, isList: true }));
  }

  async close(): Promise<void> {}
}
