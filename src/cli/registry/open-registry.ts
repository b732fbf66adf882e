import 'reflect-metadata';
import type { Registry } from './registry.js';
import type { Service } from './unreachable.js';

/**
 * Runs `work` on the registry that the configuration names: the service at OAUTH2_REGISTRY_URL, or without it the database.
 *
 * @returns what the work returns
 * @throws ConfigError, and what opening the registry and the work throw
 */
export async function withRegistry<T>(work: (registry: Registry) => Promise<T>): Promise<T> {
  return workingOn(await openRegistry(), work);
}

/** Runs `work` on `opened`, and then closes it. */
export async function workingOn<O extends Pick<Registry, 'close'>, T>(
  opened: O,
  work: (opened: O) => Promise<T>,
): Promise<T> {
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/**
 * Returns the service that the configuration names; `undefined` when the commands work on the database.
 *
 * @throws ConfigError
 */
export async function configuredService(): Promise<Service | undefined> {
  const { processConfig } = await import('../../standalone/config/environment.js');
  const { OAUTH2_REGISTRY_URL: url, OAUTH2_REGISTRY_TOKEN: token, OAUTH2_REGISTRY_TIMEOUT: timeout } = processConfig();
  return url === '' ? undefined : { url, token, timeout };
}

/** Opens the registry. Only the code for the service, or for the database, is loaded: each takes a while. */
async function openRegistry(): Promise<Registry> {
  const service = await configuredService();
  if (service) return new (await import('./http-registry.js')).HttpRegistry(service);
  return (await import('./local-registry.js')).LocalRegistry.open();
}
