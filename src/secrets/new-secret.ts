import { randomUUID } from 'node:crypto';
import { ClientSecret } from './client-secret.entity.js';

/**
 * Returns the row of a new secret that never expires; nothing is stored yet.
 *
 * @param clientId the `client_id`
 * @param hash its stored form
 * @param hint last characters of a generated secret; `null` for any other
 */
export function newSecret(clientId: string, hash: string, hint: string | null): ClientSecret {
  return Object.assign(new ClientSecret(), {
    id: randomUUID(),
    clientId,
    clientVersion: 1,
    label: null,
    hash,
    hint,
    createdAt: new Date().toISOString(),
    expiresAt: 0,
    lastUsedAt: null,
  });
}
