import { configuredService, workingOn } from '../open-registry.js';
import type { WebhookRegistry } from './webhook-registry.js';

/**
 * Runs `work` on the webhooks of the registry that the configuration names, as `withRegistry` does on clients.
 *
 * @returns what the work returns
 * @throws ConfigError, and what opening the registry and the work throw
 */
export async function withWebhooks<T>(work: (webhooks: WebhookRegistry) => Promise<T>): Promise<T> {
  return workingOn(await openWebhooks(), work);
}

async function openWebhooks(): Promise<WebhookRegistry> {
  const service = await configuredService();
  if (service) return new (await import('./http-webhooks.js')).HttpWebhooks(service);
  return (await import('./local-webhooks.js')).LocalWebhooks.open();
}
