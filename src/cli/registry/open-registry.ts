import 'reflect-metadata';
import type { Registry } from './registry.js';

/**
 * Does some work on the registry that the configuration names: the service at OAUTH2_REGISTRY_URL, or without it the database.
 *
 * @returns what the work returns
 * @throws ConfigError, and what opening the registry and the work throw
 */
export async function withRegistry<T>(work: (registry: Registry) => Promise<T>): Promise<T> {
  const registry = await openRegistry();
  try {
    return await work(registry);
  } finally {
    await registry.close();
  }
}

/** Loads the code of one way only: each takes a while. */
async function openRegistry(): Promise<Registry> {
  const { processConfig } = await import('../../standalone/config/environment.js');
  const { OAUTH2_REGISTRY_URL: url, OAUTH2_REGISTRY_TOKEN: token, OAUTH2_REGISTRY_TIMEOUT: timeout } = processConfig();
  if (url !== '') return new (await import('./http-registry.js')).HttpRegistry({ url, token, timeout });
  return (await import('./local-registry.js')).LocalRegistry.open();
}
