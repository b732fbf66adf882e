import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { OAuthError, type Authenticator, type Principal } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { request } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const OPERATOR: Principal = { type: 'host', id: 'operator', name: 'Operator' };

const ForeignPromise = runInNewContext('Promise') as PromiseConstructor;

/** A promise of another class than `Promise`, which settles later. */
function thenable<T>(settle: () => T | Promise<T>): Promise<T> {
  return new ForeignPromise((resolve, reject) => {
    setImmediate(() => Promise.resolve().then(settle).then(resolve, reject));
  });
}

/** Results of an authenticator, as the code of an application may return them, by the token that asks for each. */
const RESULTS: Record<string, () => unknown> = {
  value: () => OPERATOR,
  promise: () => Promise.resolve(OPERATOR),
  thenable: () => thenable(() => OPERATOR),
  undefined: () => undefined,
  null: () => null,
  false: () => false,
  empty: () => '',
  zero: () => 0,
  'promise-of-undefined': () => Promise.resolve(undefined),
  'promise-of-false': () => Promise.resolve(false),
  'thenable-of-undefined': () => thenable(() => undefined),
  'thenable-of-false': () => thenable(() => false),
  throws: () => {
    throw new OAuthError(429, 'too_many_requests', 'Later.');
  },
  rejects: () => Promise.reject(new OAuthError(429, 'too_many_requests', 'Later.')),
  'thenable-rejects': () => thenable(() => Promise.reject(new OAuthError(429, 'too_many_requests', 'Later.'))),
};

const STRANGE: Authenticator = {
  authenticate: (_, token = '') => RESULTS[token]?.() as ReturnType<Authenticator['authenticate']>,
};

describe('an authenticator of the application', () => {
  const service = useService(startStandalone, SQLITE.open, { authenticators: [STRANGE, HONEST] });
  const statusFor = async (headers: Record<string, string>) =>
    (await request(`${service.url}/admin/clients`, { headers })).status;

  it.each(['value', 'promise', 'thenable'])('lets in whom it finds, now or later: %s', async (token) => {
    expect(await statusFor({ authorization: `Bearer ${token}` })).toBe(200);
  });

  it.each([
    'undefined',
    'null',
    'false',
    'empty',
    'zero',
    'promise-of-undefined',
    'promise-of-false',
    'thenable-of-undefined',
    'thenable-of-false',
  ])('that finds nobody lets nobody in, and the next one is asked: %s', async (token) => {
    expect(await statusFor({ authorization: `Bearer ${token}` })).toBe(401);
    expect(await statusFor(as({}))).toBe(200);
  });

  it.each(['throws', 'rejects', 'thenable-rejects'])('refuses with its own error: %s', async (token) => {
    expect(await statusFor({ authorization: `Bearer ${token}` })).toBe(429);
  });
});
