import { hash, timingSafeEqual } from 'node:crypto';
import type { Authenticator } from '../access/authenticator.js';
import type { Principal } from '../access/principal.js';
import { ALL_SCOPES } from '../access/scopes.js';

/** The principal of the configured key. */
const PRINCIPAL: Principal = { type: 'api_key', id: 'ADMIN_API_KEY', name: 'ADMIN_API_KEY', scopes: ALL_SCOPES };

/** Returns the SHA-256 of a text: digests are equally long, so that comparing them always takes the same time. */
function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/**
 * Authenticates callers by the key in the configuration, which has all scopes. It is kept only in memory, and as a digest.
 *
 * @param key the key, in any form
 */
export function firstKey(key: string): Authenticator {
  const digest = digestOf(key);
  return {
    authenticate: (_, token = '') => Promise.resolve(timingSafeEqual(digestOf(token), digest) ? PRINCIPAL : undefined),
  };
}
