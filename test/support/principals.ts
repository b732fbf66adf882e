import type { Authenticator } from '../../src/access/authenticator.js';
import type { Principal } from '../../src/index.js';

/** Credentials that the {@link HONEST} authenticator takes for this principal. */
export function as(principal: Partial<Principal>): Record<string, string> {
  const whole: Principal = { type: 'host', id: 'test', name: 'Test', ...principal };
  return { authorization: `Bearer ${Buffer.from(JSON.stringify(whole)).toString('base64url')}` };
}

/** Believes whatever principal a token holds: what is shown is what a principal may do, however it was found. */
export const HONEST: Authenticator = {
  authenticate: (_, token) => {
    if (token === undefined || !token.startsWith('ey')) return Promise.resolve(undefined);
    return Promise.resolve(JSON.parse(Buffer.from(token, 'base64url').toString()) as Principal);
  },
};
