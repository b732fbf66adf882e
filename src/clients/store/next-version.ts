import type { ClientMetadata } from '../metadata/client-metadata.js';
import { Client, DOCUMENT_SHAPE } from './client.entity.js';

/**
 * Returns the next version of a client, changed now.
 *
 * @param suspended as {@link Client.suspended}
 */
export function nextOf(client: Client, metadata: ClientMetadata, suspended: string | null): Client {
  const next = Object.assign(new Client(), client, {
    version: client.version + 1,
    shape: DOCUMENT_SHAPE,
    suspended,
    updatedAt: laterThan(client.updatedAt),
  });
  next.render(metadata);
  return next;
}

/** Returns the current time, but never one before the last change: the clocks of two processes may differ. */
export function laterThan(updatedAt: string): string {
  const now = new Date().toISOString();
  return now > updatedAt ? now : updatedAt;
}
