import type { Authenticator } from './authenticator.js';
import { ALL_SCOPES } from './scopes.js';

/** Lets everybody in, and do everything. */
export const ANONYMOUS: Authenticator = {
  authenticate: () => Promise.resolve({ type: 'anonymous', id: '', name: '', scopes: ALL_SCOPES }),
};
