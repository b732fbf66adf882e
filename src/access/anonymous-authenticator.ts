import type { Authenticator } from './authenticator.js';
import type { Principal } from './principal.js';
import { ALL_SCOPES } from './scopes.js';

const ANYBODY: Principal = { type: 'anonymous', id: '', name: '', scopes: ALL_SCOPES };

/** Admits every caller, with all scopes. */
export const ANONYMOUS: Authenticator = {
  authenticate: () => ANYBODY,
};
