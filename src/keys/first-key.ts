import { hash, timingSafeEqual } from 'node:crypto';
import type { Authenticator } from '../access/authenticator.js';
import type { Principal } from '../access/principal.js';
import { ALL_SCOPES } from '../access/scopes.js';
import { API_KEY_PREFIX } from '../secrets/generated/secret-format.js';

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
  // Most callers have a key from the database. Their prefix, which is no secret, tells them apart without a digest.
  const isPrefixed = key.startsWith(API_KEY_PREFIX);
  return {
    authenticate: (_, token = '') =>
      token.startsWith(API_KEY_PREFIX) === isPrefixed && timingSafeEqual(digestOf(token), digest)
        ? PRINCIPAL
        : undefined,
  };
}
